/** What support staff look up. */
@NullMarked
package dev.kassa.support;

import org.jspecify.annotations.NullMarked;

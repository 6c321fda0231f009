/** The pages of a playground, in a browser. */
@NullMarked
package dev.kassa.playground;

import org.jspecify.annotations.NullMarked;

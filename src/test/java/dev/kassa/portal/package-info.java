@NullMarked
package dev.kassa.portal;

import org.jspecify.annotations.NullMarked;

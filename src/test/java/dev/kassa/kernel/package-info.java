@NullMarked
package dev.kassa.kernel;

import org.jspecify.annotations.NullMarked;

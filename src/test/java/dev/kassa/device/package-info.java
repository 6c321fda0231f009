@NullMarked
package dev.kassa.device;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.kassa.access;

import org.jspecify.annotations.NullMarked;

/** What a device is told, and how it is woken. */
@NullMarked
package dev.kassa.push;

import org.jspecify.annotations.NullMarked;

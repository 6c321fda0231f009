/** Whole servers: killed, flooded, cut off, two of them on one database. */
@NullMarked
package dev.kassa.operations;

import org.jspecify.annotations.NullMarked;

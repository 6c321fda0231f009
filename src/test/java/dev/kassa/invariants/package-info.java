/** Rules that hold whatever happens, over all operations and in any order. */
@NullMarked
package dev.kassa.invariants;

import org.jspecify.annotations.NullMarked;

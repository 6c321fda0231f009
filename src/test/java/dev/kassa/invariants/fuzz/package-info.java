/** Requests generated from the OpenAPI files, and what their answers must not do. */
@NullMarked
package dev.kassa.invariants.fuzz;

import org.jspecify.annotations.NullMarked;

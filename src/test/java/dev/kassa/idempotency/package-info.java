/** Repeated requests. */
@NullMarked
package dev.kassa.idempotency;

import org.jspecify.annotations.NullMarked;

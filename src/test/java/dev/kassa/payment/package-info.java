/** Payments over HTTP against the simulated acquirer, and single classes of the package. */
@NullMarked
package dev.kassa.payment;

import org.jspecify.annotations.NullMarked;

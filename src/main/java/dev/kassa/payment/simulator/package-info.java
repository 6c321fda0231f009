/**
 * A simulated acquirer and the adapter that speaks to it.
 *
 * <p>{@link dev.kassa.payment.simulator.SimulatedAcquirer} stands for the company on the other
 * side: it keeps records of its own, in a table nothing else reads, and commits them in
 * transactions of its own. The adapter sees of it only what a remote provider would answer. It
 * exists in the playground only.
 */
@NullMarked
@CheckReturnValue
package dev.kassa.payment.simulator;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;

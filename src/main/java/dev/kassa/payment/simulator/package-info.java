/**
 * A simulated acquirer and the adapter that speaks to it.
 *
 * <p>{@link dev.kassa.payment.simulator.SimulatedAcquirer} stands for the company on the other
 * side: it keeps records of its own, in tables nothing else reads, and commits them in transactions
 * of its own. The adapter sees of it only what a remote provider would answer: an HTTP status and a
 * text, or nothing. It exists in the playground only.
 *
 * <p>It can be as bad as a real one. A {@link dev.kassa.payment.simulator.FaultScript} says what
 * goes wrong with the next calls (late, never, 5xx, garbage, done but never answered), and {@link
 * dev.kassa.payment.simulator.ProviderDecisions} lets it decide on its own, change its mind, and
 * call back never, once or many times. The playground's API reaches both.
 *
 * <p>A payment by a method that is scanned waits for its {@link
 * dev.kassa.payment.simulator.Shoppers shopper}, whose page stands for the method's app.
 */
@NullMarked
@CheckReturnValue
package dev.kassa.payment.simulator;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;

/**
 * The event log: what happened, once for each committed change.
 *
 * <p>A change writes its events in its own SQL statement, by the fragment {@link
 * dev.kassa.event.EventLog#APPEND}. The same fragment writes one delivery row for each destination
 * that is subscribed at that moment, so "every event reaches every destination subscribed when it
 * happened" needs no second step that could be lost. Deliveries and device streams follow the log;
 * what they are told in memory after a commit ({@link dev.kassa.event.EventLog#committed}: whose
 * change it was, and of what) is a hint, and a poll finds what a hint missed.
 *
 * <p>Order: a statement locks the device's row before it draws sequence numbers, so along one
 * device they grow in the order of commit. Across devices they do not; {@link
 * dev.kassa.event.EventReader} reads a merchant's whole log by a cursor that misses nothing.
 */
@NullMarked
@CheckReturnValue
package dev.kassa.event;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;

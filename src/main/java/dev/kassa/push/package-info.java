/**
 * How a session reaches its device at once.
 *
 * <p>A device's inbox is its rows of the event log, read in the order of their sequence numbers
 * from the last one the device has seen. That, and nothing in memory, is what carries correctness.
 * An open stream waits on an {@link dev.kassa.push.DeviceFeed.Subscription}; a commit on this node
 * rings it. For a device that is not connected here the commit's node sends a {@link
 * dev.kassa.database.Hints hint} to the others. One query a second for all open lines together
 * rings those that a lost hint would have concerned, and ends those that must end.
 *
 * <p>{@link dev.kassa.push.Presence} knows who is connected, at one write for opening a stream and
 * one for closing it; in between its node's heartbeat counts ({@link dev.kassa.database.Nodes}).
 * {@link dev.kassa.push.PushProgress} notes when a session was pushed and shown. {@link
 * dev.kassa.push.WakeUps} sends a push notification for a session that no stream has taken.
 */
@NullMarked
@CheckReturnValue
package dev.kassa.push;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;

/**
 * How a session reaches its device at once.
 *
 * <p>A device's inbox is its rows of the event log, read in the order of their sequence numbers
 * from the last one the device has seen. That, and nothing in memory, is what carries correctness.
 * An open stream waits on an {@link dev.kassa.push.Inbox.Line}; a commit on this node rings it, and
 * one query a second for all open lines together rings those that a commit on another node
 * concerns.
 */
@NullMarked
@CheckReturnValue
package dev.kassa.push;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;

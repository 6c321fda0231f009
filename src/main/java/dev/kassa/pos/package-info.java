/**
 * The device's side of the wire: the POS API, called by the app with its bearer token.
 *
 * <p>A device sees its own sessions and no others. What it is shown is always read afresh, so that
 * a message delivered late or twice still shows what is true now.
 */
@NullMarked
@CheckReturnValue
package dev.kassa.pos;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;

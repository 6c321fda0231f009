/**
 * Devices and how they pair.
 *
 * <p>An {@link dev.kassa.device.Enrollments enrollment} is a one-time code that the merchant hands
 * to a clerk. The POS app trades it, without any other credential, for a device record and a bearer
 * token: one statement consumes the code and makes (or, for known hardware, re-keys) the device, so
 * a code pairs once however often it is sent. Tokens are stored as SHA-256 hashes; re-keying or
 * deregistering kills the old one.
 */
@NullMarked
@CheckReturnValue
package dev.kassa.device;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;

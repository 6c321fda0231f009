/**
 * Who does something, whether they may, and the record of it.
 *
 * <p>Each request has a {@link dev.kassa.access.Principal}: the merchant, the actor, the
 * permissions. An operation declares with {@link dev.kassa.access.Requires} what it needs, or with
 * {@link dev.kassa.access.NoCredential} why it needs nothing; a server with one that declares
 * neither does not start. The thread that works on a request does so on its principal's behalf;
 * background work is on Kassa's.
 *
 * <p>Each change of money or access writes its line of the audit log in its own statement ({@link
 * dev.kassa.access.AuditLog}), so that there is none without the other.
 */
@NullMarked
@CheckReturnValue
package dev.kassa.access;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;

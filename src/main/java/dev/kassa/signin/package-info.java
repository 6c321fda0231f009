/**
 * Who is at the portal. Somebody signs in by a password, and by a second factor if they have one:
 * an authenticator app, a passkey or a recovery code. The browser then has a random token in a
 * cookie ({@link dev.kassa.signin.SessionCookie}); the table portal_session has its hash ({@link
 * dev.kassa.signin.PortalSessions}), so that all servers know it and a user can end it. Until the
 * second factor was shown the token opens nothing but the page that asks for it.
 *
 * <p>Passkeys ({@link dev.kassa.signin.Passkeys}) are checked by Spring Security's WebAuthn
 * library, which is given one user's passkeys and no HttpSession: what a browser is to sign is a
 * row beside its session, taken once. A passkey that has counted is refused when its count goes
 * back.
 *
 * <p>Guesses are counted before they are looked at ({@link dev.kassa.signin.Tries}).
 */
@NullMarked
@CheckReturnValue
package dev.kassa.signin;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;

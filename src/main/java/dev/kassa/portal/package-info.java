/**
 * The portal: pages in which a merchant's people set up and look after what the API leaves to them.
 *
 * <p>{@link dev.kassa.portal.PortalSecurity} puts Spring Security before {@code /portal} and before
 * nothing else. Who signs in gets a random token in a cookie; the table portal_session has its
 * hash, so that all servers know it and a user can end it. {@link dev.kassa.portal.PortalFilter}
 * makes the user the principal of the request, with the permissions of their role as they are now:
 * what a page may do is decided where it is for the API, by {@link dev.kassa.access.Requires}.
 *
 * <p>Pages are drawn by the server and work without script. A page is one of the classes named
 * after it; {@link dev.kassa.portal.PortalView} gives it its frame, {@code portal.css} its looks,
 * {@code words.properties} its texts in each language.
 */
@NullMarked
@CheckReturnValue
package dev.kassa.portal;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;

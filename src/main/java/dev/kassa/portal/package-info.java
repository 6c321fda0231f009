/**
 * The portal: pages in which a merchant's people set up and look after what the API leaves to them.
 *
 * <p>{@link dev.kassa.portal.PortalSecurity} puts Spring Security before {@code /portal} and before
 * nothing else; who signs in, and how, is in {@link dev.kassa.signin}. {@link
 * dev.kassa.portal.PortalFilter} makes the user the principal of the request, with the permissions
 * of their role as they are now: what a page may do is decided where it is for the API, by {@link
 * dev.kassa.access.Requires}.
 *
 * <p>A form that moves money, shows a secret or changes who may do what has {@link
 * dev.kassa.portal.StepUp}. Pages are drawn by the server and work without script; parts of some
 * are asked for again when something has happened ({@link dev.kassa.portal.LiveApi}). A page is one
 * of the classes named after it; {@link dev.kassa.portal.PortalView} gives it its frame, {@code
 * portal.css} its looks, {@code words.properties} its texts in each language.
 */
@NullMarked
@CheckReturnValue
package dev.kassa.portal;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;

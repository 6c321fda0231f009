/**
 * Kassa: in-person payments that a team runs itself, on the wire of Kustom's In-Person Payments
 * API.
 *
 * <p>This package holds the command line ({@link dev.kassa.Kassa}), the settings and the start and
 * stop of a server. Everything else is a package by feature; ARCHITECTURE.md draws the map and
 * {@code ArchitectureTest} holds it.
 */
@NullMarked
@CheckReturnValue
package dev.kassa;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;

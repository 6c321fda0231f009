/**
 * The command line: {@link dev.kassa.cli.Kassa} and one class for each command. Commands that talk
 * to a running playground use {@code ApiClient}; {@code pending} and {@code resolve} work on the
 * database ({@link dev.kassa.server.BesideServer}).
 */
@NullMarked
@CheckReturnValue
package dev.kassa.cli;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;

/**
 * A server from start to stop: its settings ({@link dev.kassa.server.Settings}, one constant of
 * {@code SettingDefinition} for each variable), its parts ({@link dev.kassa.server.Server}: lock,
 * database, beans, port, in this order), and what runs in the background ({@code Workers}).
 *
 * <p>{@link dev.kassa.server.BesideServer} opens the same parts for a command that works on the
 * database while a server runs, without a port and without background work. {@code PlaygroundSeed}
 * makes the merchant of a playground.
 */
@NullMarked
@CheckReturnValue
package dev.kassa.server;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;

/**
 * PostgreSQL, the only store: an embedded one kept in the data directory, or the operator's own.
 *
 * <p>{@link dev.kassa.database.Database} opens either, refuses one that could lose or double an
 * acknowledged payment, and migrates before anything is served. Correctness rests on PostgreSQL
 * alone; what is in memory is only ever a hint.
 *
 * <p>Nothing waits without a deadline, and nobody waits for somebody else's trouble. A request says
 * in its {@link dev.kassa.database.WorkContext} whose it is and how long it may take; the pool
 * ({@code FairPool}) lends connections accordingly; PostgreSQL ends what waits for a lock or runs
 * too long; the socket's time-out ends what PostgreSQL no longer can. Work that many requests have
 * in common goes through a {@link dev.kassa.database.GroupCommit}, which begins another statement
 * beside one that hangs. {@link dev.kassa.database.RowGate} lets at most two requests wait for one
 * row.
 *
 * <p>{@link dev.kassa.database.Nodes} is the registry of the servers that run on the database: one
 * row, one heartbeat ({@code Readiness}) and one fencing number each.
 *
 * <p>A failure tells whether the change may have been made ({@link
 * dev.kassa.database.SqlErrors#isInDoubt}). Only a commit that PostgreSQL confirms is taken for
 * done; one that ends in doubt is looked up by the repetition of the request under its idempotency
 * key, or by whoever follows the payment.
 */
@NullMarked
@CheckReturnValue
package dev.kassa.database;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;

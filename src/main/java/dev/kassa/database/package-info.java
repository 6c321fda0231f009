/**
 * PostgreSQL, the only store: an embedded one kept in the data directory, or the operator's own.
 *
 * <p>{@link dev.kassa.database.Database} opens either, refuses a version or a durability setting
 * that could lose an acknowledged payment, and migrates before anything is served. Correctness
 * rests on PostgreSQL alone; what is in memory is only ever a hint.
 */
@NullMarked
@CheckReturnValue
package dev.kassa.database;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;

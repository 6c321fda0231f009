/**
 * What a person asks who looks into a complaint: what happened to this session, and is that device
 * connected?
 *
 * <p>It only reads, and it reads the tables of other features by their names, each answer in one
 * statement; so it must be looked through when one of those tables changes.
 */
@NullMarked
@CheckReturnValue
package dev.kassa.support;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;

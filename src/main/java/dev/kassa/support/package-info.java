/**
 * What a person asks who looks into a complaint: what happened to this session, is that device
 * connected, and what does the event log say of them?
 *
 * <p>It only reads, and it reads the tables of other features by their names; so it must be looked
 * through when one of those tables changes.
 */
@NullMarked
@CheckReturnValue
package dev.kassa.support;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;

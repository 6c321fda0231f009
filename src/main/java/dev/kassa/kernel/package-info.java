/**
 * The words every feature shares: typed ids, money, problems, limits, background loops. No feature
 * is named here, and nothing of ours is imported.
 */
@NullMarked
@CheckReturnValue
package dev.kassa.kernel;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;

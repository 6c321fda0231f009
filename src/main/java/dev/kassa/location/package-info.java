/**
 * Where a merchant sells: locations and the cash registers in them. Made in the portal; read-only
 * in the documented API.
 */
@NullMarked
@CheckReturnValue
package dev.kassa.location;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;

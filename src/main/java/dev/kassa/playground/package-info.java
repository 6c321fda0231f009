/**
 * What only a playground has: simulated devices and card taps under {@code /ipp/v1/dev/}, and the
 * merchant that a first start makes. In production none of it exists and the paths are 404.
 */
@NullMarked
@CheckReturnValue
package dev.kassa.playground;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;

/**
 * What every HTTP operation shares: reading a JSON body with each fault named by its wire path,
 * problem+json answers, the correlation id, credentials of the Authorization header.
 *
 * <p>A feature's {@code …Api} class turns HTTP into values with {@link dev.kassa.http.JsonObject}
 * and throws {@link dev.kassa.kernel.Problem}; {@link dev.kassa.http.Problems} is the one place
 * that turns a refusal into a status.
 */
@NullMarked
@CheckReturnValue
package dev.kassa.http;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;

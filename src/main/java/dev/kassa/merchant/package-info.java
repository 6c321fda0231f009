/**
 * Merchants and the API keys their backends call with.
 *
 * <p>A key belongs to one merchant and selects it; no header or parameter does. Keys are stored as
 * SHA-256 hashes. {@link dev.kassa.merchant.ApiKeys} remembers a key it has seen for a moment, so
 * that a request costs no query; a revoked key is refused within that moment.
 */
@NullMarked
@CheckReturnValue
package dev.kassa.merchant;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;

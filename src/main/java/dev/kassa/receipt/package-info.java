/**
 * Receipts: what a shopper keeps of an order, as a page under a link that nobody can guess, and as
 * JSON with a QR code of that link for the device.
 *
 * <p>A {@link dev.kassa.receipt.Receipt} is put together from the order, its movements and its
 * store each time it is asked for, so it always shows the refunds there are. {@link
 * dev.kassa.receipt.Vat} sums the taxes of the lines by rate, and they always add up to the order's
 * own tax.
 */
@NullMarked
@CheckReturnValue
package dev.kassa.receipt;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;

/** Receipts as shoppers see them. */
@NullMarked
package dev.kassa.receipt;

import org.jspecify.annotations.NullMarked;

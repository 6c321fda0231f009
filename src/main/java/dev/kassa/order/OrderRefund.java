package dev.kassa.order;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A refund of an order that was not refused; {@code amount} in minor units. */
public record OrderRefund(long amount, Instant refundedAt, @Nullable String description) {}

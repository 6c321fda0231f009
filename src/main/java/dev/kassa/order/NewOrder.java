package dev.kassa.order;

import dev.kassa.kernel.AttemptId;
import dev.kassa.kernel.CaptureId;
import dev.kassa.kernel.OrderId;
import dev.kassa.payment.Method;

/** The ids and the method of an order about to be placed; the rest comes from its session's row. */
public record NewOrder(OrderId id, CaptureId captureId, AttemptId attemptId, Method method) {}

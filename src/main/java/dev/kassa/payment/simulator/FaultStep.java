package dev.kassa.payment.simulator;

import org.jspecify.annotations.Nullable;

/**
 * One thing to go wrong.
 *
 * @param call with which call; null with the next, whichever it is
 * @param delayMs real milliseconds until the answer, or until Kassa gives up waiting for one
 */
public record FaultStep(ProviderFault.@Nullable Call call, ProviderFault fault, int delayMs) {}

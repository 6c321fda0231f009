package dev.kassa.payment;

import dev.kassa.kernel.AttemptId;

/** What a provider told of its own accord: how an attempt stands. */
public record Callback(AttemptId attemptId, Outcome outcome) {}

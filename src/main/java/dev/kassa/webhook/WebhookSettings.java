package dev.kassa.webhook;

import dev.kassa.kernel.Network;
import java.time.Duration;
import java.util.List;

/**
 * What the operator decides about webhooks.
 *
 * @param allowed addresses in the operator's own networks that destinations may name in production
 * @param logRetention how long the log of tries is kept
 */
public record WebhookSettings(List<Network> allowed, Duration logRetention) {}

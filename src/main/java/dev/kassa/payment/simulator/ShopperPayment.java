package dev.kassa.payment.simulator;

import dev.kassa.kernel.AttemptId;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Money;
import dev.kassa.kernel.SessionId;

/** A payment as the shopper's page shows it. */
public record ShopperPayment(
        AttemptId attemptId,
        MerchantId merchantId,
        SessionId sessionId,
        Money amount,
        SimulatedAcquirer.Status status) {}

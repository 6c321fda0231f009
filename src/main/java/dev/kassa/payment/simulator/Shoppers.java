package dev.kassa.payment.simulator;

import java.util.Optional;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.stereotype.Component;

/** Shoppers who have scanned a code. What they decide goes into the acquirer's books first. */
@Component
@ConditionalOnProperty(name = "kassa.mode", havingValue = "PLAYGROUND")
public final class Shoppers {
    private final SimulatedAcquirer acquirer;
    private final CallbackSender sender;

    Shoppers(SimulatedAcquirer acquirer, CallbackSender sender) {
        this.acquirer = acquirer;
        this.sender = sender;
    }

    /** The payment whose page this token opens. */
    public Optional<ShopperPayment> find(String token) {
        return acquirer.ofShopper(token);
    }

    /**
     * Approves or declines, once, and calls back. Should the callback be lost, the reconciler finds
     * the outcome all the same.
     */
    public void decide(ShopperPayment payment, boolean approves) throws InterruptedException {
        Optional<SimulatedAcquirer.Payment> decided =
                acquirer.shopperDecides(payment.attemptId(), approves);
        if (decided.isPresent()) {
            var _ =
                    sender.send(
                            new CallbackSender.Message(payment.attemptId().value(), decided.get()));
        }
    }
}

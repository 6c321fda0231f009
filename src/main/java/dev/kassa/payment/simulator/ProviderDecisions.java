package dev.kassa.payment.simulator;

import dev.kassa.payment.Attempt;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.stereotype.Component;

/** The simulated acquirer deciding of its own accord, and calling back as often as it is told. */
@Component
@ConditionalOnProperty(name = "kassa.mode", havingValue = "PLAYGROUND")
public final class ProviderDecisions {
    private final SimulatedAcquirer acquirer;
    private final CallbackSender sender;

    ProviderDecisions(SimulatedAcquirer acquirer, CallbackSender sender) {
        this.acquirer = acquirer;
        this.sender = sender;
    }

    /**
     * What came of it.
     *
     * @param callbacks the HTTP status that Kassa answered to each callback; 0 for none
     */
    public record Decided(SimulatedAcquirer.Status status, List<Integer> callbacks) {}

    /**
     * Writes the outcome in the acquirer's books, whatever stood there, and calls back. Empty when
     * the acquirer has never heard of the payment.
     */
    public Optional<Decided> decide(Attempt attempt, CardOutcome outcome, int callbacks)
            throws InterruptedException {
        Optional<SimulatedAcquirer.Payment> payment = acquirer.decide(attempt.id(), outcome);
        if (payment.isEmpty()) {
            return Optional.empty();
        }
        CallbackSender.Message message =
                new CallbackSender.Message(attempt.id().value(), payment.get());
        List<Integer> answers = new ArrayList<>();
        for (int i = 0; i < callbacks; i++) {
            answers.add(sender.send(message));
        }
        return Optional.of(new Decided(payment.get().status(), answers));
    }
}

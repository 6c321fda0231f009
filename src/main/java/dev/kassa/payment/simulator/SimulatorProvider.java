package dev.kassa.payment.simulator;

import dev.kassa.payment.Action;
import dev.kassa.payment.Attempt;
import dev.kassa.payment.Outcome;
import dev.kassa.payment.Provider;
import java.util.Objects;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.stereotype.Component;

/** Speaks to the simulated acquirer as an adapter speaks to a real one. */
@Component
@ConditionalOnProperty(name = "kassa.mode", havingValue = "PLAYGROUND")
final class SimulatorProvider implements Provider {
    private final SimulatedAcquirer acquirer;

    SimulatorProvider(SimulatedAcquirer acquirer) {
        this.acquirer = acquirer;
    }

    @Override
    public String name() {
        return "simulator";
    }

    @Override
    public Outcome start(Attempt attempt) {
        return outcome(acquirer.open(attempt.id(), attempt.amount()));
    }

    @Override
    public Outcome lookup(Attempt attempt) {
        return acquirer.find(attempt.id())
                .map(SimulatorProvider::outcome)
                .orElseGet(() -> new Outcome.Unknown("the acquirer has no such payment"));
    }

    @Override
    public Outcome cancel(Attempt attempt) {
        return outcome(acquirer.cancel(attempt.id(), attempt.amount()));
    }

    private static Outcome outcome(SimulatedAcquirer.Payment payment) {
        return switch (payment.status()) {
            case AWAITING_CARD ->
                    new Outcome.ActionNeeded(new Action.Tap(payment.reference() + "_secret"));
            case APPROVED -> new Outcome.Approved(payment.reference());
            case DECLINED -> new Outcome.Declined(Objects.requireNonNull(payment.declineCode()));
            case FAILED -> new Outcome.Failed(Objects.requireNonNull(payment.declineCode()));
            case CANCELLED -> new Outcome.Cancelled();
        };
    }
}

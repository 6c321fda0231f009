package dev.kassa.payment.simulator;

import dev.kassa.http.Json;
import dev.kassa.http.PublicUrl;
import dev.kassa.kernel.AttemptId;
import dev.kassa.kernel.Problem;
import dev.kassa.payment.Action;
import dev.kassa.payment.Attempt;
import dev.kassa.payment.Callback;
import dev.kassa.payment.HoldChange;
import dev.kassa.payment.HoldOutcome;
import dev.kassa.payment.Outcome;
import dev.kassa.payment.Provider;
import dev.kassa.payment.Refund;
import dev.kassa.payment.RefundOutcome;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;

/** Speaks to the simulated acquirer as an adapter speaks to a real one. */
@Component
@ConditionalOnProperty(name = "kassa.mode", havingValue = "PLAYGROUND")
final class SimulatorProvider implements Provider {
    static final String NAME = "simulator";

    private final SimulatedAcquirer acquirer;
    private final CallbackSender sender;
    private final PublicUrl publicUrl;

    SimulatorProvider(SimulatedAcquirer acquirer, CallbackSender sender, PublicUrl publicUrl) {
        this.acquirer = acquirer;
        this.sender = sender;
        this.publicUrl = publicUrl;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Outcome start(Attempt attempt) {
        return outcome(acquirer.start(attempt));
    }

    @Override
    public Outcome lookup(Attempt attempt) {
        return outcome(acquirer.find(attempt));
    }

    @Override
    public Outcome cancel(Attempt attempt) {
        return outcome(acquirer.cancel(attempt));
    }

    @Override
    public RefundOutcome refund(Refund refund) {
        return refundOutcome(acquirer.refund(refund));
    }

    @Override
    public RefundOutcome lookup(Refund refund) {
        return refundOutcome(acquirer.find(refund));
    }

    @Override
    public boolean holds() {
        return true;
    }

    @Override
    public HoldOutcome change(HoldChange change) {
        return holdOutcome(acquirer.change(change));
    }

    @Override
    public HoldOutcome lookup(HoldChange change) {
        return holdOutcome(acquirer.find(change));
    }

    private static HoldOutcome holdOutcome(Reply reply) {
        return read(
                reply,
                SimulatedAcquirer.Changed.class,
                changed ->
                        changed.reference() == null
                                ? new HoldOutcome.Refused("not_held")
                                : new HoldOutcome.Done(changed.reference()),
                HoldOutcome.Unknown::new);
    }

    @Override
    public Callback callback(Function<String, @Nullable String> header, byte[] body) {
        if (!sender.signed(header.apply(CallbackSender.SIGNATURE), body)) {
            throw Problem.unauthorized("The callback is not signed by the simulator.");
        }
        CallbackSender.@Nullable Message message;
        try {
            message = Json.MAPPER.readValue(body, CallbackSender.Message.class);
        } catch (JacksonException e) {
            throw unreadable();
        }
        if (message == null || !message.isWhole()) {
            throw unreadable();
        }
        return new Callback(new AttemptId(message.key()), outcome(message.payment()));
    }

    private static Problem unreadable() {
        return Problem.unreadable("The callback cannot be read.");
    }

    private Outcome outcome(Reply reply) {
        return read(reply, SimulatedAcquirer.Payment.class, this::outcome, Outcome.Unknown::new);
    }

    /** Only a readable answer with status 200 is the acquirer's word; all else is unknown. */
    private static <B, O> O read(
            Reply reply, Class<B> body, Function<B, O> word, Function<String, O> unknown) {
        if (reply.status() != 200) {
            return unknown.apply("HTTP " + reply.status());
        }
        try {
            return word.apply(Json.MAPPER.readValue(reply.body(), body));
        } catch (JacksonException e) {
            return unknown.apply("unreadable answer: " + e.getOriginalMessage());
        }
    }

    private Outcome outcome(SimulatedAcquirer.Payment payment) {
        return switch (payment.status()) {
            case AWAITING_CARD -> new Outcome.ActionNeeded(action(payment));
            case APPROVED -> new Outcome.Approved(payment.reference(), payment.card());
            case DECLINED -> new Outcome.Declined(Objects.requireNonNull(payment.declineCode()));
            case FAILED -> new Outcome.Failed(Objects.requireNonNull(payment.declineCode()));
            case CANCELLED -> new Outcome.Cancelled();
        };
    }

    private Action action(SimulatedAcquirer.Payment payment) {
        return payment.shopperToken() == null
                ? new Action.Tap(payment.reference() + "_secret")
                : new Action.Scan(publicUrl.of("/pay/" + payment.shopperToken()));
    }

    private static RefundOutcome refundOutcome(Reply reply) {
        return read(
                reply,
                SimulatedAcquirer.RefundReply.class,
                given ->
                        given.reference() == null
                                ? new RefundOutcome.Refused("not_refundable")
                                : new RefundOutcome.Refunded(given.reference()),
                RefundOutcome.Unknown::new);
    }
}

package dev.kassa.order;

import dev.kassa.database.Sql;
import dev.kassa.event.Event;
import dev.kassa.event.EventLog;
import dev.kassa.event.EventType;
import dev.kassa.http.IdempotencyKey;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.OrderId;
import dev.kassa.kernel.Problem;
import dev.kassa.kernel.RefundId;
import dev.kassa.payment.HoldChange;
import dev.kassa.payment.HoldOutcome;
import dev.kassa.payment.Provider;
import dev.kassa.payment.Providers;
import dev.kassa.payment.Refund;
import dev.kassa.payment.RefundOutcome;
import dev.kassa.payment.Rounds;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Service;

/**
 * Moves the money of orders: captures, refunds, releases. Each is committed with its amount counted
 * before the provider hears of it, may be asked for again under its id, and is settled once, by the
 * synchronous answer or by the {@link MovementReconciler}. An answer that is not one leaves it
 * PENDING and counted.
 */
@Service
final class Movements {
    private static final Logger LOG = LoggerFactory.getLogger(Movements.class);

    /** How long an idempotency key stands for what was committed under it. */
    private static final Duration KEY_LIFE = Duration.ofDays(1);

    private final MovementTable table;
    private final Orders orders;
    private final Providers providers;
    private final EventLog events;
    private final InstantSource clock;

    Movements(
            MovementTable table,
            Orders orders,
            Providers providers,
            EventLog events,
            InstantSource clock) {
        this.table = table;
        this.orders = orders;
        this.providers = providers;
        this.events = events;
        this.clock = clock;
    }

    /** What a provider said, whichever question it was. */
    private sealed interface Word {
        record Done(String reference) implements Word {}

        record Refused(String reason) implements Word {}

        record None() implements Word {}
    }

    /**
     * Commits the movement, tells the provider, and answers how it stands. A repetition under the
     * same key answers the first one.
     *
     * @throws Problem FORBIDDEN when the order or the provider does not allow it
     */
    Movement move(
            MerchantId merchant,
            OrderId order,
            Movement.Kind kind,
            NewMovement request,
            IdempotencyKey idempotency) {
        Instant now = Sql.now(clock);
        String key = idempotency.value();
        if (key != null) {
            table.forget(merchant, key, now.minus(KEY_LIFE));
        }
        Movement movement =
                under(merchant, key, now)
                        .orElseGet(() -> commit(merchant, order, kind, request, key, now));
        if (movement.status() == Movement.Status.PENDING) {
            start(movement);
            movement = table.get(merchant, movement.id());
        }
        if (movement.status() == Movement.Status.REFUSED) {
            throw refusal(movement);
        }
        return movement;
    }

    private Optional<Movement> under(MerchantId merchant, @Nullable String key, Instant now) {
        return key == null ? Optional.empty() : table.under(merchant, key, now.minus(KEY_LIFE));
    }

    private Movement commit(
            MerchantId merchant,
            OrderId order,
            Movement.Kind kind,
            NewMovement request,
            @Nullable String key,
            Instant now) {
        RefundId id = RefundId.next();
        var intent =
                new MovementTable.Intent(
                        id.value(), kind, request.amount(), request.details(), key, now);
        try {
            // A refund of nothing is of the documented range, but gives nothing back.
            if (request.amount() == 0 || !table.reserve(merchant, order, intent)) {
                throw Refusals.of(kind, orders.get(merchant, order), request.amount(), now);
            }
        } catch (DuplicateKeyException e) {
            // Another request under the same key was faster, and nothing of this one is written.
            return under(merchant, key, now).orElseThrow(() -> e);
        }
        return table.get(merchant, id.value());
    }

    private static Problem refusal(Movement movement) {
        String reason = "The payment's provider refused: " + movement.failureReason() + ".";
        return switch (movement.kind()) {
            case CAPTURE -> Problem.forbidden("PAYMENT_METHOD_FAILED", reason);
            case REFUND -> Problem.forbidden("REFUND_NOT_ALLOWED", reason);
            case RELEASE -> Problem.forbidden("NOT_ALLOWED", reason);
        };
    }

    /** Asks how the movements that are due stand; one never heard of is started again. */
    void checkDue() {
        Instant now = Sql.now(clock);
        Rounds.run(limit -> table.claimDueOfAnyMerchant(now, limit), this::check);
    }

    private void check(Movement movement) {
        Provider provider = providers.named(movement.provider());
        Word word =
                movement.kind() == Movement.Kind.REFUND
                        ? word(provider.lookup(refund(movement)))
                        : word(provider.lookup(change(movement)));
        if (word instanceof Word.None) {
            start(movement);
        } else {
            settle(movement, word);
        }
    }

    /** Tells the provider of a movement already committed, and settles what it answers. */
    private void start(Movement movement) {
        Provider provider = providers.named(movement.provider());
        Word word;
        try {
            word =
                    movement.kind() == Movement.Kind.REFUND
                            ? word(provider.refund(refund(movement)))
                            : word(provider.change(change(movement)));
        } catch (RuntimeException e) {
            LOG.warn(
                    "{} gave no answer about {} {}",
                    movement.provider(),
                    movement.kind(),
                    movement.id(),
                    e);
            return;
        }
        settle(movement, word);
    }

    private static Refund refund(Movement movement) {
        return new Refund(
                movement.refundId(),
                movement.merchantId(),
                movement.attemptId(),
                movement.sessionId(),
                movement.deviceId(),
                movement.provider(),
                movement.amount());
    }

    private static HoldChange change(Movement movement) {
        return new HoldChange(
                movement.id(),
                movement.kind() == Movement.Kind.CAPTURE
                        ? HoldChange.Kind.CAPTURE
                        : HoldChange.Kind.RELEASE,
                movement.merchantId(),
                movement.attemptId(),
                movement.sessionId(),
                movement.provider(),
                movement.amount());
    }

    private static Word word(RefundOutcome outcome) {
        return switch (outcome) {
            case RefundOutcome.Refunded(String reference) -> new Word.Done(reference);
            case RefundOutcome.Refused(String reason) -> new Word.Refused(reason);
            case RefundOutcome.Unknown _ -> new Word.None();
        };
    }

    private static Word word(HoldOutcome outcome) {
        return switch (outcome) {
            case HoldOutcome.Done(String reference) -> new Word.Done(reference);
            case HoldOutcome.Refused(String reason) -> new Word.Refused(reason);
            case HoldOutcome.Unknown _ -> new Word.None();
        };
    }

    private void settle(Movement movement, Word word) {
        Instant now = Sql.now(clock);
        List<Event> log;
        boolean settled;
        switch (word) {
            case Word.None _ -> {
                return;
            }
            case Word.Done(String reference) -> {
                log = done(movement, now);
                settled = table.settle(movement, false, reference, log, now);
            }
            case Word.Refused(String reason) -> {
                LOG.warn(
                        "{} refused {} {}: {}",
                        movement.provider(),
                        movement.kind(),
                        movement.id(),
                        reason);
                log = refused(movement, now);
                settled = table.settle(movement, true, reason, log, now);
            }
        }
        if (settled) {
            events.committed(movement.merchantId(), movement.deviceId(), log);
        }
    }

    private static List<Event> done(Movement movement, Instant now) {
        return switch (movement.kind()) {
            case CAPTURE -> List.of(capture(EventType.CAPTURE_CREATED, movement, now));
            case REFUND -> List.of(refund(EventType.REFUND_CREATED, movement, now));
            case RELEASE -> List.of();
        };
    }

    private static List<Event> refused(Movement movement, Instant now) {
        return switch (movement.kind()) {
            case CAPTURE -> List.of(capture(EventType.CAPTURE_FAILED, movement, now));
            case REFUND -> List.of(refund(EventType.REFUND_FAILED, movement, now));
            case RELEASE -> List.of();
        };
    }

    private static Event capture(EventType type, Movement movement, Instant now) {
        return Event.ofCapture(
                type,
                movement.merchantId(),
                movement.sessionId(),
                movement.orderId(),
                movement.captureId(),
                now);
    }

    private static Event refund(EventType type, Movement movement, Instant now) {
        return Event.ofRefund(
                type,
                movement.merchantId(),
                movement.sessionId(),
                movement.orderId(),
                movement.refundId(),
                now);
    }
}

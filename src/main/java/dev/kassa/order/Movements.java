package dev.kassa.order;

import dev.kassa.database.Sql;
import dev.kassa.event.Event;
import dev.kassa.event.EventLog;
import dev.kassa.event.EventType;
import dev.kassa.idempotency.IdempotencyKey;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.OrderId;
import dev.kassa.kernel.Problem;
import dev.kassa.kernel.RefundId;
import dev.kassa.payment.CheckResult;
import dev.kassa.payment.HoldChange;
import dev.kassa.payment.HoldOutcome;
import dev.kassa.payment.OperationKind;
import dev.kassa.payment.PendingOperations;
import dev.kassa.payment.PendingTable;
import dev.kassa.payment.Provider;
import dev.kassa.payment.ProviderOperation;
import dev.kassa.payment.Providers;
import dev.kassa.payment.Refund;
import dev.kassa.payment.RefundOutcome;
import dev.kassa.payment.ResolvedAs;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Service;

/**
 * Moves the money of orders: captures, refunds, releases. Each is committed with its amount counted
 * before the provider hears of it, may be asked for again under its id, and is settled once, by the
 * synchronous answer or by the {@link Reconciler}. An answer that is not one leaves it PENDING and
 * counted.
 */
@Service
final class Movements implements PendingOperations<Movement> {
    private static final Logger LOG = LoggerFactory.getLogger(Movements.class);

    /** How long an idempotency key stands for what was committed under it. */
    private static final Duration KEY_LIFE = Duration.ofDays(1);

    private final MovementTable table;
    private final PendingTable<Movement> pending;
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
        this.pending = table.pending();
        this.orders = orders;
        this.providers = providers;
        this.events = events;
        this.clock = clock;
    }

    /** What a provider said, whichever question it was. */
    private sealed interface ProviderAnswer {
        record Done(String reference) implements ProviderAnswer {}

        record Refused(String reason) implements ProviderAnswer {}

        record Unknown(String why) implements ProviderAnswer {}
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
                under(merchant, order, kind, key, now)
                        .orElseGet(() -> commit(merchant, order, kind, request, key, now));
        if (movement.status() == Movement.Status.PENDING) {
            ProviderAnswer answer = ask(movement);
            if (!(answer instanceof ProviderAnswer.Unknown)) {
                settle(movement, answer);
                movement = table.get(merchant, movement.id());
            }
        }
        if (movement.status() == Movement.Status.REFUSED) {
            throw refusal(movement);
        }
        return movement;
    }

    /** What this operation committed under the key; another operation's key is refused. */
    private Optional<Movement> under(
            MerchantId merchant,
            OrderId order,
            Movement.Kind kind,
            @Nullable String key,
            Instant now) {
        if (key == null) {
            return Optional.empty();
        }
        Optional<Movement> known = table.under(merchant, key, now.minus(KEY_LIFE));
        if (known.isPresent()
                && (known.get().kind() != kind || !known.get().orderId().equals(order))) {
            throw Problem.keyReused(
                    "This idempotency key was used for another operation. Use a new key.");
        }
        return known;
    }

    private Movement commit(
            MerchantId merchant,
            OrderId order,
            Movement.Kind kind,
            NewMovement request,
            @Nullable String key,
            Instant now) {
        RefundId id = RefundId.next();
        var intent = new MovementTable.Intent(id.value(), kind, request, key, now);
        try {
            // A refund of nothing is of the documented range, but gives nothing back.
            if (request.amount() == 0 || !table.reserve(merchant, order, intent)) {
                throw Refusals.of(kind, orders.get(merchant, order), request, now);
            }
        } catch (DuplicateKeyException e) {
            // Another request under the same key was faster, and nothing of this one is written.
            return under(merchant, order, kind, key, now).orElseThrow(() -> e);
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

    @Override
    public Set<OperationKind> kinds() {
        return Set.of(OperationKind.CAPTURE, OperationKind.REFUND, OperationKind.RELEASE);
    }

    @Override
    public PendingTable<Movement> table() {
        return pending;
    }

    /** Asks how a movement stands; where that stays unknown, starts it again under its id. */
    @Override
    public CheckResult check(Movement movement) {
        Provider provider = providers.named(movement.provider());
        ProviderAnswer word =
                movement.kind() == Movement.Kind.REFUND
                        ? word(provider.lookup(refund(movement)))
                        : word(provider.lookup(change(movement)));
        if (word instanceof ProviderAnswer.Unknown) {
            word = ask(movement);
        }
        settle(movement, word);
        return word instanceof ProviderAnswer.Unknown(String why)
                ? new CheckResult.Unknown(why)
                : new CheckResult.Settled();
    }

    /** Tells the provider of a movement already committed. */
    private ProviderAnswer ask(Movement movement) {
        Provider provider = providers.named(movement.provider());
        return movement.kind() == Movement.Kind.REFUND
                ? word(provider.refund(refund(movement)))
                : word(provider.change(change(movement)));
    }

    @Override
    public boolean resolve(ProviderOperation operation, ResolvedAs as, @Nullable String reference) {
        Movement movement = table.get(operation.merchantId(), operation.id());
        return switch (as) {
            case REFUNDED, CAPTURED, RELEASED ->
                    settled(
                            movement,
                            new ProviderAnswer.Done(
                                    reference == null ? movement.id().toString() : reference));
            case REFUSED -> settled(movement, new ProviderAnswer.Refused(ResolvedAs.REASON));
            case PAID, DECLINED, FAILED, CANCELLED ->
                    throw new IllegalArgumentException(as + " is for no movement of an order");
        };
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

    private static ProviderAnswer word(RefundOutcome outcome) {
        return switch (outcome) {
            case RefundOutcome.Refunded(String reference) -> new ProviderAnswer.Done(reference);
            case RefundOutcome.Refused(String reason) -> new ProviderAnswer.Refused(reason);
            case RefundOutcome.Unknown(String why) -> new ProviderAnswer.Unknown(why);
        };
    }

    private static ProviderAnswer word(HoldOutcome outcome) {
        return switch (outcome) {
            case HoldOutcome.Done(String reference) -> new ProviderAnswer.Done(reference);
            case HoldOutcome.Refused(String reason) -> new ProviderAnswer.Refused(reason);
            case HoldOutcome.Unknown(String why) -> new ProviderAnswer.Unknown(why);
        };
    }

    /** Writes the provider's word; one that comes too late and contradicts is kept. */
    private void settle(Movement movement, ProviderAnswer word) {
        if (word instanceof ProviderAnswer.Refused(String reason)) {
            LOG.warn(
                    "{} refused {} {}: {}",
                    movement.provider(),
                    movement.kind(),
                    movement.id(),
                    reason);
        }
        if (settled(movement, word)) {
            return;
        }
        switch (word) {
            case ProviderAnswer.Unknown _ -> {}
            case ProviderAnswer.Done(String reference) ->
                    keepLate(movement, Movement.Status.DONE, reference);
            case ProviderAnswer.Refused(String reason) ->
                    keepLate(movement, Movement.Status.REFUSED, reason);
        }
    }

    private void keepLate(Movement movement, Movement.Status status, String detail) {
        if (pending.keepLate(
                movement.merchantId(), movement.id(), status.name(), detail, Sql.now(clock))) {
            LOG.error(
                    "{} says {} of {} {} ({}), which was settled otherwise",
                    movement.provider(),
                    status,
                    movement.kind(),
                    movement.id(),
                    detail);
        }
    }

    /** Writes a final word with its event; false when the movement was settled before. */
    private boolean settled(Movement movement, ProviderAnswer word) {
        Instant now = Sql.now(clock);
        List<Event> log;
        boolean settled;
        switch (word) {
            case ProviderAnswer.Unknown _ -> {
                return false;
            }
            case ProviderAnswer.Done(String reference) -> {
                log = done(movement, now);
                settled = table.settle(movement, false, reference, log, now);
            }
            case ProviderAnswer.Refused(String reason) -> {
                log = refused(movement, now);
                settled = table.settle(movement, true, reason, log, now);
            }
        }
        if (settled) {
            events.committed(movement.merchantId(), movement.deviceId(), log);
        }
        return settled;
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

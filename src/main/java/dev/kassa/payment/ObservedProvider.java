package dev.kassa.payment;

import dev.kassa.database.FairQueue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * What every call to a provider goes through. An exception becomes {@code Unknown} here, so that no
 * caller can forget to; each call is measured, by the word that came back, and made a span.
 */
record ObservedProvider(Provider provider, ObservationRegistry observations) implements Provider {
    private static final Logger LOG = LoggerFactory.getLogger(ObservedProvider.class);
    private static final String SILENT = "silent";

    private <T> T ask(
            String call, Object about, Supplier<T> question, Function<String, T> unknown) {
        if (TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new IllegalStateException(
                    "a provider is called inside a transaction: declare the operation with"
                            + " @Operation(callsProvider = true)");
        }
        try {
            return observed(call, question);
        } catch (RuntimeException e) {
            logSilence(call, about, e);
            return unknown.apply(e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }

    /** A provider that cannot be reached is daily life; anything else is told with its trace. */
    private void logSilence(String call, Object about, RuntimeException e) {
        if (e instanceof UncheckedIOException) {
            LOG.warn("{} gave no answer to {} of {}: {}", name(), call, about, e.getMessage());
        } else {
            LOG.warn("{} gave no answer to {} of {}", name(), call, about, e);
        }
    }

    private <T> T observed(String call, Supplier<T> question) {
        Observation observation =
                Observation.createNotStarted("kassa.provider.call", observations)
                        .contextualName(name() + " " + call)
                        .lowCardinalityKeyValue("provider", name())
                        .lowCardinalityKeyValue("call", call)
                        .lowCardinalityKeyValue("outcome", SILENT);
        return observation.observe(() -> {
            T answer;
            try (var _ = FairQueue.aside()) {
                answer = question.get();
            }
            var _ = observation.lowCardinalityKeyValue("outcome", word(answer));
            return answer;
        });
    }

    /** The name of the outcome's type: {@code ActionNeeded} is {@code action_needed}. */
    private static String word(@Nullable Object outcome) {
        return outcome == null
                ? SILENT
                : outcome.getClass()
                        .getSimpleName()
                        .replaceAll("(?<=.)([A-Z])", "_$1")
                        .toLowerCase(Locale.ROOT);
    }

    @Override
    public String name() {
        return provider.name();
    }

    @Override
    public Outcome start(Attempt attempt) {
        return ask("start", attempt.id(), () -> provider.start(attempt), Outcome.Unknown::new);
    }

    @Override
    public Outcome lookup(Attempt attempt) {
        return ask("lookup", attempt.id(), () -> provider.lookup(attempt), Outcome.Unknown::new);
    }

    @Override
    public Outcome cancel(Attempt attempt) {
        return ask("cancel", attempt.id(), () -> provider.cancel(attempt), Outcome.Unknown::new);
    }

    @Override
    public RefundOutcome refund(Refund refund) {
        return ask(
                "refund", refund.id(), () -> provider.refund(refund), RefundOutcome.Unknown::new);
    }

    @Override
    public RefundOutcome lookup(Refund refund) {
        return ask(
                "lookup_refund",
                refund.id(),
                () -> provider.lookup(refund),
                RefundOutcome.Unknown::new);
    }

    @Override
    public boolean holds() {
        return provider.holds();
    }

    @Override
    public HoldOutcome change(HoldChange change) {
        return ask(
                change.kind().name().toLowerCase(Locale.ROOT),
                change.id(),
                () -> provider.change(change),
                HoldOutcome.Unknown::new);
    }

    @Override
    public HoldOutcome lookup(HoldChange change) {
        return ask(
                "lookup_change",
                change.id(),
                () -> provider.lookup(change),
                HoldOutcome.Unknown::new);
    }

    @Override
    public Callback callback(Function<String, @Nullable String> header, byte[] body) {
        return provider.callback(header, body);
    }
}

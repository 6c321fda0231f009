package dev.kassa.payment;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Measures each call to a provider, by the word that came back, and makes a span of it. */
record ObservedProvider(Provider provider, ObservationRegistry observations) implements Provider {
    private static final String SILENT = "silent";

    private <T> T observed(String call, Supplier<T> question) {
        if (TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new IllegalStateException(
                    "a provider is called inside a transaction: declare the operation with"
                            + " @Operation(callsProvider = true)");
        }
        Observation observation =
                Observation.createNotStarted("kassa.provider.call", observations)
                        .contextualName(name() + " " + call)
                        .lowCardinalityKeyValue("provider", name())
                        .lowCardinalityKeyValue("call", call)
                        .lowCardinalityKeyValue("outcome", SILENT);
        return observation.observe(() -> {
            T answer = question.get();
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
        return observed("start", () -> provider.start(attempt));
    }

    @Override
    public Outcome lookup(Attempt attempt) {
        return observed("lookup", () -> provider.lookup(attempt));
    }

    @Override
    public Outcome cancel(Attempt attempt) {
        return observed("cancel", () -> provider.cancel(attempt));
    }

    @Override
    public RefundOutcome refund(Refund refund) {
        return observed("refund", () -> provider.refund(refund));
    }

    @Override
    public RefundOutcome lookup(Refund refund) {
        return observed("lookup_refund", () -> provider.lookup(refund));
    }

    @Override
    public boolean holds() {
        return provider.holds();
    }

    @Override
    public HoldOutcome change(HoldChange change) {
        return observed(
                change.kind().name().toLowerCase(Locale.ROOT), () -> provider.change(change));
    }

    @Override
    public HoldOutcome lookup(HoldChange change) {
        return observed("lookup_change", () -> provider.lookup(change));
    }

    @Override
    public Callback callback(Function<String, @Nullable String> header, byte[] body) {
        return provider.callback(header, body);
    }
}

package dev.kassa.payment;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Stands in for a provider that rows name and that this deployment no longer has. Nobody can be
 * asked, so everything is unknown until it is set up again or a person settles it.
 */
record UnavailableProvider(String name) implements Provider {
    private String why() {
        return "There is no provider '" + name + "' in this deployment to ask.";
    }

    @Override
    public Outcome start(Attempt attempt) {
        return new Outcome.Unknown(why());
    }

    @Override
    public Outcome lookup(Attempt attempt) {
        return new Outcome.Unknown(why());
    }

    @Override
    public Outcome cancel(Attempt attempt) {
        return new Outcome.Unknown(why());
    }

    @Override
    public RefundOutcome refund(Refund refund) {
        return new RefundOutcome.Unknown(why());
    }

    @Override
    public RefundOutcome lookup(Refund refund) {
        return new RefundOutcome.Unknown(why());
    }

    @Override
    public HoldOutcome change(HoldChange change) {
        return new HoldOutcome.Unknown(why());
    }

    @Override
    public HoldOutcome lookup(HoldChange change) {
        return new HoldOutcome.Unknown(why());
    }

    @Override
    public Callback callback(Function<String, @Nullable String> header, byte[] body) {
        throw new UnsupportedOperationException(why());
    }
}

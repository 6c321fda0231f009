package dev.kassa.testing;

import dev.kassa.payment.Attempt;
import dev.kassa.payment.Callback;
import dev.kassa.payment.HoldChange;
import dev.kassa.payment.HoldOutcome;
import dev.kassa.payment.Outcome;
import dev.kassa.payment.Provider;
import dev.kassa.payment.Refund;
import dev.kassa.payment.RefundOutcome;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.stereotype.Component;

/**
 * A second provider, on servers that ask for one: the simulated acquirer under another name, whose
 * look-ups hang for as long as a test wants.
 */
@Component
@ConditionalOnProperty(SecondProvider.PROPERTY)
public final class SecondProvider implements Provider {
    public static final String NAME = "second";
    public static final String PROPERTY = "kassa.test.second-provider";

    /** Look-ups that have begun. */
    public final AtomicInteger lookups = new AtomicInteger();

    private final BeanFactory beans;
    private volatile CountDownLatch hanging = new CountDownLatch(0);

    public SecondProvider(BeanFactory beans) {
        this.beans = beans;
    }

    /** Starts a server that has it, without background loops. */
    public static TestServer server(MovableClock clock) {
        System.setProperty(PROPERTY, "true");
        try {
            return TestServer.start(clock).withoutLoops();
        } finally {
            System.clearProperty(PROPERTY);
        }
    }

    /** Look-ups hang from now on, and are counted from here. */
    public void hang() {
        lookups.set(0);
        hanging = new CountDownLatch(1);
    }

    /** All are answered. */
    public void answer() {
        hanging.countDown();
    }

    private Provider simulator() {
        return (Provider) beans.getBean("simulatorProvider");
    }

    private void wait(CountDownLatch until) {
        lookups.incrementAndGet();
        try {
            until.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Outcome start(Attempt attempt) {
        return simulator().start(attempt);
    }

    @Override
    public Outcome lookup(Attempt attempt) {
        wait(hanging);
        return simulator().lookup(attempt);
    }

    @Override
    public Outcome cancel(Attempt attempt) {
        return simulator().cancel(attempt);
    }

    @Override
    public RefundOutcome refund(Refund refund) {
        return simulator().refund(refund);
    }

    @Override
    public RefundOutcome lookup(Refund refund) {
        wait(hanging);
        return simulator().lookup(refund);
    }

    @Override
    public boolean holds() {
        return true;
    }

    @Override
    public HoldOutcome change(HoldChange change) {
        return simulator().change(change);
    }

    @Override
    public HoldOutcome lookup(HoldChange change) {
        wait(hanging);
        return simulator().lookup(change);
    }

    @Override
    public Callback callback(Function<String, @Nullable String> header, byte[] body) {
        return simulator().callback(header, body);
    }
}

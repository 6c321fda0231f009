package dev.kassa.payment;

import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How whatever is due at a provider is asked about: in batches, each side by side. */
public final class Rounds {
    private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);
    private static final int BATCH = 50;

    private Rounds() {}

    /** Checks all that is due; {@code claim} answers the next so many, and puts their check off. */
    public static <T> void run(IntFunction<List<T>> claim, Consumer<T> check) {
        List<T> due;
        do {
            due = claim.apply(BATCH);
            sideBySide(due, check);
        } while (due.size() == BATCH);
    }

    /** A provider that hangs must not hold up what the others are asked about. */
    private static <T> void sideBySide(List<T> due, Consumer<T> check) {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            due.forEach(one -> threads.execute(() -> quietly(one, check)));
        }
    }

    private static <T> void quietly(T one, Consumer<T> check) {
        try {
            check.accept(one);
        } catch (RuntimeException e) {
            LOG.warn("{} was not checked; it is due again later", one, e);
        }
    }
}

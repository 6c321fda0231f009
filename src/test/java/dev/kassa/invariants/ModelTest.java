package dev.kassa.invariants;

import dev.kassa.testing.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random sequences of everything that can happen to a payment, against {@link PaymentModel}: after
 * each step the database must hold what the model says, the API must show it, and the invariants of
 * design 3 must hold whatever the model says. At the end of each sequence the acquirer tells the
 * truth, and everything must come to rest.
 */
class ModelTest {
    private static final int SEQUENCES = Integer.getInteger("kassa.model.sequences", 10);

    private static final @Nullable Long SEED = Long.getLong("kassa.model.seed");

    @Test
    void whateverHappensTheModelAgrees() {
        String printed = System.getProperty("kassa.model.replay", "");
        try (ModelServer nodes = new ModelServer()) {
            if (!printed.isEmpty()) {
                new ModelRun(nodes).play(ModelStep.replay(printed));
                return;
            }
            Property.forAll(
                    SEQUENCES, SEED, ModelStep::sequence, ops -> new ModelRun(nodes).play(ops));
        }
    }
}

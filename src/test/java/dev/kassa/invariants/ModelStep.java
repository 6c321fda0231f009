package dev.kassa.invariants;

import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** One step of a sequence: what to do, and numbers that choose with whom and how. */
record ModelStep(Kind kind, int a, int b) {
    @Override
    public String toString() {
        return kind + "(" + a + "," + b + ")";
    }

    enum Kind {
        CREATE(14),
        ATTACH(14),
        TAP(14),
        FAULT(16),
        DECIDE(16),
        FINALIZE(12),
        CANCEL_BY_BACKEND(5),
        CANCEL_BY_DEVICE(5),
        ADVANCE(8),
        RECONCILE(10),
        EXPIRE(4),
        REPEAT(12),
        RESTART(0.1);

        private final double weight;

        Kind(double weight) {
            this.weight = weight;
        }
    }

    static List<ModelStep> sequence(SplittableRandom random) {
        double all = 0;
        for (Kind kind : Kind.values()) {
            all += kind.weight;
        }
        double total = all;
        return IntStream.range(0, 200 + random.nextInt(40))
                .mapToObj(i -> {
                    double at = random.nextDouble(total);
                    for (Kind kind : Kind.values()) {
                        at -= kind.weight;
                        if (at < 0) {
                            return new ModelStep(kind, random.nextInt(1000), random.nextInt(1000));
                        }
                    }
                    throw new IllegalStateException("the weights do not add up");
                })
                .toList();
    }

    /** The steps that a failing run printed, for {@code -Dkassa.model.replay}. */
    static List<ModelStep> replay(String printed) {
        return Pattern.compile("(\\w+)\\((\\d+),(\\d+)\\)")
                .matcher(printed)
                .results()
                .map(step ->
                        new ModelStep(
                                Kind.valueOf(step.group(1)),
                                Integer.parseInt(step.group(2)),
                                Integer.parseInt(step.group(3))))
                .toList();
    }
}

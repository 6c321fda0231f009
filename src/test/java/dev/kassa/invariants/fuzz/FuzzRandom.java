package dev.kassa.invariants.fuzz;

import java.util.List;
import java.util.Random;

/** Draws everything of a run from one seed. */
final class FuzzRandom {
    private final Random random;

    FuzzRandom(long seed) {
        random = new Random(seed);
    }

    boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    /** From 0 to one less than {@code bound}. */
    int below(int bound) {
        return random.nextInt(bound);
    }

    <T> T of(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    String text(String... texts) {
        return texts[random.nextInt(texts.length)];
    }

    byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}

package dev.kassa.order;

import dev.kassa.kernel.OrderId;

/** A reference that people can read out: K and seven characters without look-alikes. */
final class ShortReference {
    private static final String ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    private static final int CHARACTERS = 7;
    private static final int BITS = 5;

    private ShortReference() {}

    /** From the random end of the id, so it needs no column; the id is what is unique. */
    static String of(OrderId order) {
        long random = order.value().getLeastSignificantBits();
        StringBuilder text = new StringBuilder("K");
        for (int i = 0; i < CHARACTERS; i++) {
            text.append(ALPHABET.charAt((int) (random & 31)));
            random >>>= BITS;
        }
        return text.toString();
    }
}

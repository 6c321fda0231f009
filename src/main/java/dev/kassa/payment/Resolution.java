package dev.kassa.payment;

import dev.kassa.kernel.Limits;
import org.jspecify.annotations.Nullable;

/**
 * A person's word on an operation that its provider does not tell of.
 *
 * @param by who says so
 * @param why how they know
 * @param evidence where it can be looked up: a ticket, a line of a statement
 * @param reference the provider's own for the payment, refund or capture
 */
public record Resolution(
        ResolvedAs as,
        String by,
        String why,
        @Nullable String evidence,
        @Nullable String reference) {
    /**
     * Throws {@link IllegalArgumentException}, with words for the person, on a text that is none.
     */
    public Resolution {
        check("--by", by, Limits.RESOLUTION_NAME_CHARS);
        check("--why", why, Limits.RESOLUTION_TEXT_CHARS);
        check("--evidence", evidence, Limits.RESOLUTION_TEXT_CHARS);
        check("--reference", reference, Limits.REFERENCE_CHARS);
    }

    private static void check(String name, @Nullable String text, int longest) {
        if (text != null && (text.isBlank() || text.length() > longest)) {
            throw new IllegalArgumentException(
                    name + " is a text of 1 to " + longest + " characters.");
        }
    }
}

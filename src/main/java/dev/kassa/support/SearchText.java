package dev.kassa.support;

import dev.kassa.kernel.Text;
import java.math.BigDecimal;
import java.sql.Types;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/**
 * What is known of a session: its id or that of its order, device or attempt; an amount in major
 * units; a reference as it was given; empty for any.
 */
record SearchText(String text) {
    /** SQL on the table session, with the parameters that {@link #on} sets. */
    static final String MATCHES =
            """
             (:text = '' or session_id = :id or session.order_id = :id
                or session.device_id = :id or session.attempt_id = :id
                or session.order_amount = :amount or session.merchant_reference1 = :text
                or session.merchant_reference2 = :text)
            """;

    private static final int CHARS = 255;

    private static final Pattern AMOUNT = Pattern.compile("(\\d{1,9})(?:[.,](\\d{2}))?");

    private static final Pattern ID =
            Pattern.compile("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");

    /** As it was typed. */
    static SearchText of(String typed) {
        return new SearchText(Text.storable(typed.strip(), CHARS));
    }

    /** Null for a text that is no id. */
    static @Nullable UUID id(@Nullable String text) {
        return text != null && ID.matcher(text).matches() ? UUID.fromString(text) : null;
    }

    StatementSpec on(StatementSpec statement) {
        return statement
                .param("text", text)
                .param("id", id(text), Types.OTHER)
                .param("amount", amount(), Types.BIGINT);
    }

    /** Minor units of a currency with two digits; null for a text that is no amount. */
    private @Nullable Long amount() {
        return AMOUNT.matcher(text).matches()
                ? (Long) new BigDecimal(text.replace(',', '.')).movePointRight(2).longValueExact()
                : null;
    }
}

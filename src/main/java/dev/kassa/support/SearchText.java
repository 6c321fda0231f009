package dev.kassa.support;

import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Text;
import java.math.BigDecimal;
import java.sql.Types;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/**
 * What is known of a session: its id or that of its order, device or attempt; an amount in major
 * units; a reference as it was given; empty for any.
 */
record SearchText(String text) {
    /**
     * Sessions that a page looks at, from the newest back. References and amounts have no index,
     * which each sale would pay for; this many are read in some milliseconds, and the page leads
     * on.
     */
    static final int WINDOW = 20_000;

    /** Sessions of a device that its id finds. */
    private static final int OF_DEVICE = 1000;

    private static final String PLACE =
            """
             (:before::uuid is null or session_id < :before)
                and (:until::uuid is null or session_id <= :until)
            """;

    private static final String NEWEST =
            " from session where merchant_id = :merchant_id and "
                    + PLACE
                    + " order by session_id desc ";

    private static final String OF_ID =
            """
            (select * from session where merchant_id = :merchant_id and session_id in (
                select :id::uuid
                union all select session_id from attempt
                    where merchant_id = :merchant_id and attempt_id = :id
                union all select session_id from orders
                    where merchant_id = :merchant_id and order_id = :id
                union all (select session_id from event
                    where merchant_id = :merchant_id and device_id = :id
                    order by seq desc limit %d)) and
            """
                            .formatted(OF_DEVICE)
                    + PLACE
                    + ") session ";

    /** SQL on a session of {@link #sessions}, with the parameters that {@link #on} sets. */
    static final String MATCHES =
            """
             (:text = '' or :id::uuid is not null or session.order_amount = :amount
                or session.merchant_reference1 = :text or session.merchant_reference2 = :text)
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

    /** SQL of the sessions that are looked at, as the table session. */
    String sessions() {
        return id(text) == null ? "(select *" + NEWEST + "limit " + WINDOW + ") session " : OF_ID;
    }

    /** The last session that a page looks at; none when it sees all, or looks at one thing. */
    Optional<UUID> endOfWindow(
            JdbcClient jdbc, MerchantId merchant, @Nullable UUID before, @Nullable UUID until) {
        return id(text) != null
                ? Optional.empty()
                : jdbc.sql("select session_id" + NEWEST + "offset " + (WINDOW - 1) + " limit 1")
                        .param("merchant_id", merchant.value())
                        .param("before", before)
                        .param("until", until)
                        .query(UUID.class)
                        .optional();
    }

    StatementSpec on(
            StatementSpec statement,
            MerchantId merchant,
            @Nullable UUID before,
            @Nullable UUID until) {
        return statement
                .param("merchant_id", merchant.value())
                .param("before", before)
                .param("until", until)
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

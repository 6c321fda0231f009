package dev.kassa.order;

import dev.kassa.database.Sql;
import java.time.Instant;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/** Places orders. */
public final class Orders {
    /**
     * Two CTEs that place and capture an order for each row of a CTE {@code finalized} that the
     * statement defines, with the columns of the session it read. Parameters are set by {@link
     * #bind}.
     */
    public static final String PLACE =
            """
            placed as (
                insert into orders (order_id, merchant_id, session_id, attempt_id, order_amount,
                    order_tax_amount, purchase_currency, order_lines, merchant_reference1,
                    merchant_reference2, merchant_data, payment_method, created_at)
                select :order_id, merchant_id, session_id, :order_attempt_id, order_amount,
                    order_tax_amount, purchase_currency, order_items, merchant_reference1,
                    merchant_reference2, merchant_data, :payment_method, :order_at
                from finalized
                returning order_id, merchant_id, order_amount
            ),
            captured as (
                insert into capture (capture_id, merchant_id, order_id, captured_amount, captured_at)
                select :capture_id, merchant_id, order_id, order_amount, :order_at from placed
            )
            """;

    private Orders() {}

    /** Sets the parameters of {@link #PLACE}. */
    public static StatementSpec bind(StatementSpec statement, NewOrder order, Instant now) {
        return statement
                .param("order_id", order.id().value())
                .param("capture_id", order.captureId().value())
                .param("order_attempt_id", order.attemptId().value())
                .param("payment_method", order.method().wire())
                .param("order_at", Sql.at(now));
    }
}

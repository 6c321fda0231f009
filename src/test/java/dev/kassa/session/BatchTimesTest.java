package dev.kassa.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.testing.AtOnce;
import dev.kassa.testing.MovableClock;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What is written together in one statement keeps its own time: rows, events and what the events
 * say agree to the microsecond, though the clock shows no two requests the same moment.
 */
class BatchTimesTest {
    private static final int AT_ONCE = 40;

    /** Each names the rows that do not have the time they should. */
    private static final List<String> DISAGREE =
            List.of(
                    """
                    select type from event where left(body::json ->> 'timestamp', 26)
                        <> to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')
                    """,
                    """
                    select 'order.created' from event join orders using (session_id)
                    where type = 'order.created'
                        and (body::json -> 'data' ->> 'created_at')::timestamptz <> orders.created_at
                    """,
                    """
                    select 'expires_at' from orders
                    where created_at + interval '672 hours' <> expires_at or created_at <> updated_at
                    """,
                    """
                    select 'order' from event join orders using (session_id)
                        join order_movement using (order_id)
                    where type = 'ipp.session.finalized'
                        and (occurred_at <> orders.created_at
                            or occurred_at <> order_movement.created_at
                            or occurred_at <> order_movement.settled_at)
                    """,
                    """
                    select 'attempt' from event join attempt using (session_id)
                    where type = 'ipp.session.finalized' and occurred_at <> settled_at
                        or type = 'ipp.session.activated' and occurred_at <> attempt.created_at
                    """,
                    """
                    select 'session' from event join session using (session_id)
                    where type = 'ipp.session.finalized' and occurred_at <> updated_at
                        or type = 'ipp.session.created' and occurred_at <> created_at
                    """,
                    """
                    select 'delivery' from event join delivery using (event_id)
                    where queued_at <> occurred_at
                    """);

    @Test
    void eachPieceOfABatchHasItsOwnTime() throws Exception {
        try (TestServer server = TestServer.start(MovableClock.ticking()).withoutLoops()) {
            TestMerchant merchant = server.merchant();
            merchant.api()
                    .post(
                            "/kassa/v1/webhook-destinations",
                            "{\"name\": \"Shop\", \"url\": \"http://127.0.0.1:9/hooks\"}")
                    .is(201);
            List<TestMerchant.TestDevice> devices = new ArrayList<>();
            for (int i = 0; i < AT_ONCE; i++) {
                devices.add(merchant.device());
            }
            List<String> sessions = AtOnce.run(AT_ONCE, i -> merchant.session(devices.get(i)));
            var _ = AtOnce.run(AT_ONCE, i -> merchant.tap(sessions.get(i), "SUCCESS").is(200));
            assertThat(server.jdbc.sql("select count(*) from orders").query(Long.class).single())
                    .isEqualTo(AT_ONCE);
            for (String disagree : DISAGREE) {
                assertThat(server.jdbc.sql(disagree).query(String.class).list())
                        .as(disagree)
                        .isEmpty();
            }
        }
    }
}

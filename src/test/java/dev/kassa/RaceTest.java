package dev.kassa;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Verbs that meet on one session: one wins, one charge, one end, an order exactly if FINALIZED. */
class RaceTest {
    private static final int ROUNDS = 60;

    private final TestServer server = TestServer.shared();
    private final TestMerchant merchant = server.merchant();
    private final TestMerchant.TestDevice device = merchant.device();

    private static List<Integer> together(List<Callable<Answer>> verbs)
            throws InterruptedException, ExecutionException {
        CyclicBarrier start = new CyclicBarrier(verbs.size());
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> answers =
                    threads.invokeAll(
                            verbs.stream()
                                    .<Callable<Integer>>map(verb ->
                                            () -> {
                                                start.await();
                                                return verb.call().response().statusCode();
                                            })
                                    .toList());
            List<Integer> statuses = new ArrayList<>();
            for (Future<Integer> answer : answers) {
                statuses.add(answer.get());
            }
            return statuses;
        }
    }

    private void holds(String session, List<Integer> statuses) {
        assertThat(statuses).as("never a 500").allMatch(status -> status < 500);
        String status = merchant.status(session);
        long charges =
                server.count(
                        """
                        select count(*) from simulator_payment join attempt
                            on attempt_id = idempotency_key
                        where session_id = ?::uuid and simulator_payment.status = 'APPROVED'
                        """,
                        session);
        long orders =
                server.count("select count(*) from orders where session_id = ?::uuid", session);
        long ends =
                server.count(
                        """
                        select count(*) from event where session_id = ?::uuid
                            and type in ('ipp.session.finalized', 'ipp.session.cancelled',
                                'ipp.session.expired', 'ipp.session.failed')
                        """,
                        session);
        boolean finalized = status.equals("FINALIZED");
        assertThat(charges)
                .as("charges of a session that is %s", status)
                .isEqualTo(finalized ? 1 : 0);
        assertThat(orders).isEqualTo(charges);
        assertThat(ends).as("ends of a session that is %s", status).isOne();
    }

    @Test
    void tapAgainstCancelOfBothSides() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            String session = merchant.session(device);
            device.attach(session).is(200);
            List<Integer> statuses =
                    together(
                            List.of(
                                    () -> merchant.tap(session, "SUCCESS"),
                                    () -> merchant.cancel(session),
                                    () -> device.cancel(session)));
            holds(session, statuses);
        }
    }

    @Test
    void manyTapsAndFinalizesAtOnce() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            String session = merchant.session(device);
            List<Integer> statuses =
                    together(
                            List.of(
                                    () -> merchant.tap(session, "SUCCESS"),
                                    () -> merchant.tap(session, "SUCCESS"),
                                    () -> device.attach(session),
                                    () -> device.finish(session)));
            holds(session, statuses);
        }
    }

    /** Each answer tells of its own card: a tap that another overtook is not told as taken. */
    @Test
    void aDecliningAndAPayingCardAtOnce() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            String session = merchant.session(device);
            device.attach(session).is(200);
            List<Integer> statuses =
                    together(
                            List.of(
                                    () -> {
                                        Answer lost = merchant.tap(session, "LOST_CARD");
                                        assertThat(lost.response().statusCode()).isIn(200, 409);
                                        return lost;
                                    },
                                    () -> merchant.tap(session, "SUCCESS").is(200)));
            holds(session, statuses);
            assertThat(merchant.status(session)).isEqualTo("FINALIZED");
        }
    }

    @Test
    void attachAgainstCancelLeavesNoPaymentInFlight() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            String session = merchant.session(device);
            List<Integer> statuses =
                    together(List.of(() -> device.attach(session), () -> merchant.cancel(session)));
            holds(session, statuses);
            assertThat(
                            server.count(
                                    """
                                    select count(*) from attempt
                                    where session_id = ?::uuid and status = 'PENDING'
                                    """,
                                    session))
                    .isZero();
        }
    }
}

package dev.kassa.invariants;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.testing.Answer;
import dev.kassa.testing.AtOnce;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Verbs that meet on one session: one wins, one charge, one end, an order exactly if FINALIZED.
 * Each pair meets {@code kassa.race.rounds} times, several sessions at once, half of them with a
 * card that was taken and half with one still awaited.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RaceTest {
    private static final int ROUNDS = Integer.getInteger("kassa.race.rounds", 40);
    private static final int AT_ONCE = 10;
    private static final Duration SESSION_LIFE = Duration.ofHours(1);

    /** A session that cannot end two ways, and a charge without an order. Must be empty. */
    private static final String BROKEN =
            """
            select session_id || ' ' || status from session s
            where merchant_id = ? and (
                (select count(*) from simulator_payment p where p.session_id = s.session_id
                    and p.status = 'APPROVED' and p.refunded_amount = 0)
                    <> (status = 'FINALIZED')::int
                or (select count(*) from orders o where o.session_id = s.session_id)
                    <> (status = 'FINALIZED')::int
                or (select count(*) from attempt a where a.session_id = s.session_id
                    and a.status = 'APPROVED') <> (status = 'FINALIZED')::int
                or exists (select from attempt a where a.session_id = s.session_id
                    and a.status = 'PENDING')
                or (select count(*) from event e where e.session_id = s.session_id
                    and type in ('ipp.session.finalized', 'ipp.session.cancelled',
                        'ipp.session.expired', 'ipp.session.failed')) <> 1
                or exists (select from event e where e.session_id = s.session_id
                    and type not in ('ipp.payment.failed', 'ipp.payment.cancelled')
                    group by type having count(*) > 1)
                or (select count(*) from event e where e.session_id = s.session_id
                    and e.type = 'ipp.payment.cancelled')
                    <> (select count(*) from attempt a where a.session_id = s.session_id
                        and a.status = 'CANCELLED'))
            """;

    private static final String GIVEN_BACK =
            "select refund_id::text from refund where merchant_id = ?";

    private final TestServer server = TestServer.start();
    private TestMerchant merchant = server.merchant();
    private List<TestMerchant.TestDevice> devices = List.of();

    @BeforeEach
    void anotherMerchant() {
        merchant = server.merchant();
        devices = IntStream.range(0, AT_ONCE).mapToObj(i -> merchant.device()).toList();
    }

    @AfterAll
    void stop() {
        server.close();
    }

    /** A session on its way, and what can happen to it. */
    private record Meeting(TestMerchant.TestDevice device, String session) {}

    enum Verb {
        FINALIZE,
        CANCEL_BY_BACKEND,
        CANCEL_BY_DEVICE,
        EXPIRY,
        CALLBACK,
        SECOND_FINALIZE
    }

    static Stream<Arguments> pairs() {
        return Stream.of(Verb.values())
                .flatMap(one ->
                        Stream.of(Verb.values())
                                .filter(other -> other.compareTo(one) > 0)
                                .map(other -> Arguments.of(one, other)));
    }

    private int run(Verb verb, Meeting meeting) {
        return switch (verb) {
            case FINALIZE, SECOND_FINALIZE -> status(meeting.device().finish(meeting.session()));
            case CANCEL_BY_BACKEND -> status(merchant.cancel(meeting.session()));
            case CANCEL_BY_DEVICE -> status(meeting.device().cancel(meeting.session()));
            case CALLBACK ->
                    status(
                            merchant.api()
                                    .post(
                                            "/ipp/v1/dev/sessions/"
                                                    + meeting.session()
                                                    + "/provider-decision",
                                            ""));
            case EXPIRY -> {
                server.reconcile();
                server.run("session-expiry");
                yield 200;
            }
        };
    }

    private static int status(Answer answer) {
        return answer.response().statusCode();
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void ofTwoVerbsOneWins(Verb one, Verb other) throws Exception {
        for (int round = 0; round < ROUNDS; round += AT_ONCE) {
            List<Meeting> meetings =
                    devices.stream()
                            .map(device -> new Meeting(device, merchant.session(device)))
                            .toList();
            for (int i = 0; i < meetings.size(); i++) {
                String attempt =
                        meetings.get(i)
                                .device()
                                .attach(meetings.get(i).session())
                                .is(200)
                                .text("payment", "attempt_id");
                if (i % 2 == 0) {
                    server.approveAtTheAcquirer(attempt);
                }
            }
            if (one == Verb.EXPIRY || other == Verb.EXPIRY) {
                server.clock.advance(SESSION_LIFE);
            }
            List<Callable<Integer>> verbs = new ArrayList<>();
            for (Meeting meeting : meetings) {
                verbs.add(() -> run(one, meeting));
                verbs.add(() -> run(other, meeting));
            }
            assertThat(AtOnce.run(verbs)).as("statuses").allMatch(s -> s == 200 || s == 409);
            settle(meetings);
        }
        assertThat(server.texts(BROKEN, merchant.id().value())).isEmpty();
        if (one != Verb.CALLBACK && other != Verb.CALLBACK) {
            // Nobody was charged but for an order. An acquirer that approves what it has cancelled
            // is another matter: that is given back.
            assertThat(server.texts(GIVEN_BACK, merchant.id().value())).isEmpty();
        }
    }

    /** Ends what neither verb ended: a card that never came is called off. */
    private void settle(List<Meeting> meetings) {
        for (Meeting meeting : meetings) {
            if (List.of("CREATED", "ACTIVE").contains(merchant.status(meeting.session()))) {
                merchant.cancel(meeting.session()).is(200);
            }
        }
    }

    @Test
    void manyTapsAndFinalizesAtOnce() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            Meeting meeting = new Meeting(devices.getFirst(), merchant.session(devices.getFirst()));
            List<Integer> statuses =
                    AtOnce.run(
                            List.of(
                                    () -> status(merchant.tap(meeting.session(), "SUCCESS")),
                                    () -> status(merchant.tap(meeting.session(), "SUCCESS")),
                                    () -> status(meeting.device().attach(meeting.session())),
                                    () -> status(meeting.device().finish(meeting.session()))));
            assertThat(statuses).allMatch(status -> status < 500);
            settle(List.of(meeting));
        }
        assertThat(server.texts(BROKEN, merchant.id().value())).isEmpty();
    }

    /** Attached and settled together with others, in few statements; each session by two cards. */
    @Test
    void manyDevicesPayAtOnce() throws Exception {
        for (int i = 0; i < ROUNDS; i += AT_ONCE) {
            List<Callable<Integer>> taps = new ArrayList<>();
            for (TestMerchant.TestDevice device : devices) {
                String session = merchant.session(device);
                taps.add(() -> status(merchant.tap(session, "SUCCESS")));
                taps.add(() -> status(merchant.tap(session, "SUCCESS")));
            }
            assertThat(AtOnce.run(taps)).allMatch(status -> status == 200 || status == 409);
        }
        assertThat(server.texts(BROKEN, merchant.id().value())).isEmpty();
        assertThat(
                        server.texts(
                                "select status from session where merchant_id = ?",
                                merchant.id().value()))
                .hasSizeGreaterThanOrEqualTo(ROUNDS)
                .containsOnly("FINALIZED");
    }

    /** Each answer tells of its own card: a tap that another overtook is not told as taken. */
    @Test
    void aDecliningAndAPayingCardAtOnce() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            String session = merchant.session(devices.getFirst());
            devices.getFirst().attach(session).is(200);
            List<Integer> statuses =
                    AtOnce.run(
                            List.of(
                                    () -> status(merchant.tap(session, "LOST_CARD")),
                                    () -> status(merchant.tap(session, "SUCCESS"))));
            assertThat(statuses.getFirst()).isIn(200, 409);
            assertThat(statuses.getLast()).isEqualTo(200);
            assertThat(merchant.status(session)).isEqualTo("FINALIZED");
        }
        assertThat(server.texts(BROKEN, merchant.id().value())).isEmpty();
    }

    @Test
    void attachAgainstCancelLeavesNoPaymentInFlight() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            Meeting meeting = new Meeting(devices.getFirst(), merchant.session(devices.getFirst()));
            var _ =
                    AtOnce.run(
                            List.of(
                                    () -> status(meeting.device().attach(meeting.session())),
                                    () -> status(merchant.cancel(meeting.session()))));
            settle(List.of(meeting));
        }
        assertThat(server.texts(BROKEN, merchant.id().value())).isEmpty();
    }

    /** Two sessions of one device, both chosen at the same moment: one is paid, the other waits. */
    @Test
    void twoSessionsOfOneDeviceAtOnce() throws Exception {
        TestMerchant.TestDevice device = devices.getFirst();
        for (int i = 0; i < ROUNDS; i++) {
            Meeting first = new Meeting(device, merchant.session(device));
            Meeting second = new Meeting(device, merchant.session(device));
            assertThat(
                            AtOnce.run(
                                    List.of(
                                            () -> status(device.attach(first.session())),
                                            () -> status(device.attach(second.session())))))
                    .containsExactlyInAnyOrder(200, 409);
            settle(List.of(first, second));
        }
        assertThat(server.texts(BROKEN, merchant.id().value())).isEmpty();
    }

    /** The attach that comes first is settled as ever; the one that comes second is refused. */
    @Test
    void aDeregisteredDevicePaysNoMore() throws Exception {
        for (int i = 0; i < ROUNDS / 10; i++) {
            TestMerchant.TestDevice device = merchant.device();
            Meeting meeting = new Meeting(device, merchant.session(device));
            var _ =
                    AtOnce.run(
                            List.of(
                                    () -> status(device.attach(meeting.session())),
                                    () ->
                                            status(
                                                    merchant.api()
                                                            .delete(
                                                                    "/ipp/v1/devices/"
                                                                            + device.id()))));
            // 409 where the token is still remembered; the statement looks at the device itself.
            assertThat(status(device.attach(meeting.session()))).isIn(401, 409);
            settle(List.of(meeting));
        }
        assertThat(server.texts(BROKEN, merchant.id().value())).isEmpty();
    }
}

package dev.kassa;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.payment.Reconciler;
import dev.kassa.session.SessionExpiry;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Time moves by the clock's hand, never by waiting. */
class ExpiryTest {
    private final TestServer server = TestServer.start();
    private final TestMerchant merchant = server.merchant();
    private final TestMerchant.TestDevice device = merchant.device();

    @AfterEach
    void stop() {
        server.close();
    }

    private String stored(String session) {
        return server.texts("select status from session where session_id = ?::uuid", session)
                .getFirst();
    }

    /**
     * Runs the workers until the session has this final status. The server's own loops run too, and
     * one of them may have taken the attempt a moment before.
     */
    private void workUntil(String session, String status) {
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!stored(session).equals(status) && System.nanoTime() < deadline) {
            server.server.part(Reconciler.class).runOnce();
            server.server.part(SessionExpiry.class).runOnce();
        }
        assertThat(stored(session)).isEqualTo(status);
    }

    @Test
    void aSessionReadsAsExpiredFromTheVeryMoment() {
        String session = merchant.session(device);
        server.clock.advance(Duration.ofMinutes(59));
        assertThat(merchant.status(session)).isEqualTo("CREATED");
        server.clock.advance(Duration.ofMinutes(1));
        assertThat(merchant.status(session)).isEqualTo("EXPIRED");
        assertThat(stored(session)).as("written before it is shown").isEqualTo("EXPIRED");
        device.attach(session).is(409);
        merchant.api().put("/ipp/v1/sessions/" + session + "/cancel").is(409);
        server.server.part(SessionExpiry.class).runOnce();
        assertThat(stored(session)).isEqualTo("EXPIRED");
        assertThat(
                        server.count(
                                """
                                select count(*) from event where session_id = ?::uuid
                                    and type = 'ipp.session.expired'
                                """,
                                session))
                .isOne();
        assertThat(device.api().get("/pos/v1/sessions").json().path("sessions")).isEmpty();
    }

    /** Nobody tapped: the provider is told to end it, and only then does the session expire. */
    @Test
    void aPaymentStillWaitingIsEndedFirst() {
        String session = merchant.session(device);
        device.attach(session).is(200);
        server.clock.advance(Duration.ofHours(1));
        assertThat(merchant.status(session)).isIn("ACTIVE", "EXPIRED");
        workUntil(session, "EXPIRED");
    }

    /** The card was taken a moment before the time was up, and nobody heard of it. */
    @Test
    void aPaymentThatWasCollectedBeatsTheExpiry() {
        String session = merchant.session(device);
        String attempt = device.attach(session).is(200).text("payment", "attempt_id");
        server.approveAtTheAcquirer(attempt);
        server.clock.advance(Duration.ofHours(2));
        workUntil(session, "FINALIZED");
    }

    @Test
    void theReconcilerSettlesWhatTheDeviceNeverFinalized() {
        String session = merchant.session(device);
        String attempt = device.attach(session).is(200).text("payment", "attempt_id");
        server.approveAtTheAcquirer(attempt);
        server.server.part(Reconciler.class).runOnce();
        assertThat(stored(session)).as("left to the device at first").isEqualTo("ACTIVE");
        server.clock.advance(Duration.ofSeconds(15));
        workUntil(session, "FINALIZED");
    }
}

package dev.kassa.push;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.testing.DeviceStream;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.util.List;
import org.junit.jupiter.api.Test;

class PresenceTest {
    private final TestServer server = TestServer.shared();
    private final TestMerchant merchant = server.merchant();
    private final TestMerchant.TestDevice device = merchant.device();

    private long times(String column, String session) {
        return server.count(
                "select count(" + column + ") from session_push where session_id = ?::uuid",
                session);
    }

    @Test
    void pushedAndShownAreNoted() throws InterruptedException {
        String session = merchant.session(device);
        device.api().post("/pos/v1/sessions/" + session + "/shown", "").is(204);
        assertThat(times("shown_at", session)).isOne();
        assertThat(times("pushed_at", session)).isZero();
        try (DeviceStream stream = DeviceStream.open(device, null)) {
            assertThat(stream.next().session()).isEqualTo(session);
            server.run("pushes");
            assertThat(times("pushed_at", session)).isOne();
        }
    }

    @Test
    void theFirstTimeCounts() throws InterruptedException {
        String session = merchant.session(device);
        String row = "select session_push::text from session_push where session_id = ?::uuid";
        try (DeviceStream stream = DeviceStream.open(device, null)) {
            assertThat(stream.next().session()).isEqualTo(session);
            device.api().post("/pos/v1/sessions/" + session + "/shown", "").is(204);
            server.run("pushes");
            List<String> first = server.texts(row, session);
            merchant.api().put("/ipp/v1/sessions/" + session + "/cancel").is(200);
            assertThat(stream.next().status()).isEqualTo("CANCELLED");
            device.api().post("/pos/v1/sessions/" + session + "/shown", "").is(204);
            server.run("pushes");
            assertThat(server.texts(row, session)).isEqualTo(first).hasSize(1);
        }
    }

    @Test
    void anotherDevicesSessionIsNotShown() {
        String session = merchant.session(merchant.device());
        device.api().post("/pos/v1/sessions/" + session + "/shown", "").is(404);
        assertThat(times("shown_at", session)).isZero();
    }

    /** A stream is written when it opens and when it closes, and at no heartbeat in between. */
    @Test
    void anOpenStreamCostsNoWrites() throws InterruptedException {
        String writes =
                "select stream_no::text || ' ' || xmin::text from device_presence"
                        + " where device_id = ?::uuid";
        try (DeviceStream stream = DeviceStream.open(device, null)) {
            String opened = server.texts(writes, device.id()).getFirst();
            merchant.session(device);
            assertThat(stream.next().status()).isEqualTo("CREATED");
            assertThat(server.texts(writes, device.id())).containsExactly(opened);
        }
    }
}

package dev.kassa.push;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.testing.Await;
import dev.kassa.testing.DeviceStream;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A device that opens its stream and never reads. */
class SlowDeviceTest {
    private final TestServer server = TestServer.shared();
    private final TestMerchant merchant = server.merchant();
    private final TestMerchant.TestDevice slow = merchant.device();

    /** A session of 1000 lines, some 100 kB on the stream. */
    private void largeSession() {
        String lines =
                IntStream.range(0, 1000)
                        .mapToObj(i ->
                                """
                                {"name": "Line %d %s", "unit_price": 100,
                                 "total_amount": 100, "tax_rate": 0, "total_tax_amount": 0}
                                """
                                        .formatted(i, "x".repeat(20)))
                        .collect(Collectors.joining(","));
        merchant.api()
                .post(
                        "/ipp/v1/sessions",
                        """
                        {"device_id": "%s", "order_amount": 100000, "order_tax_amount": 0,
                         "purchase_currency": "SEK", "purchase_started_at": "2024-01-15T10:30:00Z",
                         "order_items": [%s]}
                        """
                                .formatted(slow.id(), lines))
                .is(200);
    }

    private Socket open() throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress(server.url().getHost(), server.url().getPort()));
        socket.getOutputStream()
                .write(
                        ("GET /pos/v1/stream HTTP/1.1\r\nHost: kassa\r\nAuthorization: "
                                        + Objects.requireNonNull(slow.api().authorization())
                                        + "\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private boolean connected() {
        return server.count(
                        "select count(node_id) from device_presence where device_id = ?::uuid",
                        slow.id())
                == 1;
    }

    @Test
    void itDelaysNoOtherDeviceAndIsCutOff() throws IOException, InterruptedException {
        TestMerchant.TestDevice quick = merchant.device();
        try (Socket socket = open();
                DeviceStream stream = DeviceStream.open(quick, null)) {
            DeviceStream.await(this::connected);
            for (int i = 0; i < 5; i++) {
                largeSession();
            }
            long full = System.nanoTime();
            for (int i = 0; i < 50; i++) {
                String session = merchant.session(quick);
                assertThat(stream.next().session()).isEqualTo(session);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - full))
                    .isLessThan(Duration.ofSeconds(5));
            assertThat(connected()).as("its buffer is full, and it is still waited for").isTrue();
            Await.until(Duration.ofSeconds(20), () -> !connected());
            assertThat(socket.isConnected()).isTrue();
        }
        try (DeviceStream stream = DeviceStream.open(slow, null)) {
            for (int i = 0; i < 5; i++) {
                assertThat(stream.next().status()).isEqualTo("CREATED");
            }
        }
    }
}

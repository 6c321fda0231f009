package dev.kassa.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.testing.RawClient;
import dev.kassa.testing.TestServer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A body whose length is no number, or two, beside pieces of it: 400, and the connection ends. */
class UnreadableLengthTest {
    @ParameterizedTest
    @ValueSource(strings = {"x", "-1", "5x", "5, 6", "99999999999999999999", ""})
    void isRefused(String length) {
        String request =
                """
                POST /ipp/v1/enrollments HTTP/1.1
                Host: localhost
                Transfer-Encoding: chunked
                Content-Length: %s
                Connection: close

                2
                {}
                0

                """
                        .formatted(length)
                        .replace("\n", "\r\n");
        assertThat(RawClient.exchange(TestServer.shared().url(), request))
                .startsWith("HTTP/1.1 400 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "5, 6"})
    void isRefusedWithTwoLinesOfIt(String length) {
        String request =
                "POST /ipp/v1/enrollments HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
                        + "Content-Length: %s\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
                                .formatted(length);
        assertThat(RawClient.exchange(TestServer.shared().url(), request))
                .startsWith("HTTP/1.1 400 ");
    }
}

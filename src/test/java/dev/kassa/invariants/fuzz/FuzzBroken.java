package dev.kassa.invariants.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Bytes that no well-behaved client sends: broken request lines, headers, framing. */
final class FuzzBroken {
    private static final List<String> METHODS =
            List.of(
                    "GET",
                    "HEAD",
                    "TRACE",
                    "POST",
                    "OPTIONS",
                    "CONNECT",
                    "get",
                    "BREW",
                    "PUT",
                    "PRI",
                    "G\u0001T",
                    "",
                    "GET GET",
                    "X".repeat(200),
                    "\u00e9");

    private static final List<String> TARGETS =
            List.of(
                    "/ipp/v1/devices",
                    "/ipp/v1/%zz",
                    "/ipp/v1/a%2Fb",
                    "/ipp/v1/sessions/%00",
                    "/ordermanagement/v1/orders/%zz",
                    "/ordermanagement/v1/orders/a%5Cb",
                    "/kassa/v1/events?after=%",
                    "/kassa/v1/settings",
                    "/pos/v1/sessions/{x}",
                    "/pos/v1/stream",
                    "/%69pp/v1/devices",
                    "/ipp//v1/devices",
                    "/ipp/v1/./devices",
                    "/ipp/v1;x=1/devices;y=2",
                    "/{",
                    "/|",
                    "/\u00e5",
                    "*",
                    "/ipp/../x",
                    "/../../etc/passwd",
                    "//",
                    "",
                    "x",
                    "http://127.0.0.1/ipp/v1/devices",
                    "http://other.example/ipp/v1/devices",
                    "https://[::1/ipp/v1/devices",
                    "127.0.0.1:80",
                    "/ipp/v1/devices?%",
                    "/ipp/v1/devices?page_size=%C3%28",
                    "/ipp/v1/devices?metadata=a:\u00ff",
                    "/ipp/v1/devices?<>\"{}|\\^`",
                    "/ipp/v1/devices#x",
                    "/" + "x".repeat(9000),
                    "/ipp/v1/devices?" + "a=b&".repeat(3000));

    private static final List<String> VERSIONS =
            List.of(
                    "HTTP/1.1",
                    "HTTP/1.1",
                    "HTTP/1.1",
                    "HTTP/1.0",
                    "HTTP/0.9",
                    "http/1.1",
                    "HTTP/1.1 x",
                    "");

    private static final List<String> HOSTS =
            List.of(
                    "Host: localhost",
                    "Host:",
                    "Host: a b",
                    "Host: [::1",
                    "Host: x:99999",
                    "Host: \u00ff",
                    "Host: a\r\nHost: b",
                    "X: no host",
                    "Host: " + "x".repeat(300),
                    "Host: localhost/x",
                    "Host: user@localhost");

    private static final List<String> HEADERS =
            List.of(
                    "",
                    "X: \u0001\r\n",
                    "X: \u0000\r\n",
                    "X: a\r b\r\n",
                    "X: a\n b\r\n",
                    " X: folded\r\n",
                    "X : y\r\n",
                    "X\u00e9: y\r\n",
                    "(X): y\r\n",
                    ": x\r\n",
                    "X\r\n",
                    "X: y\n",
                    "X: " + "y".repeat(20_000) + "\r\n",
                    "X: y\r\n".repeat(150),
                    "Content-Length: -1\r\n",
                    "Content-Length: x\r\n",
                    "Content-Length: 99999999999999999999\r\n",
                    "Content-Length: 9223372036854775807\r\n",
                    "Content-Length: +5\r\n",
                    "Content-Length: 5, 5\r\n",
                    "Content-Length: 5\r\nContent-Length: 6\r\n",
                    "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                    "Content-Length: 500\r\n",
                    "Transfer-Encoding: banana\r\n",
                    "Transfer-Encoding: chunked, chunked\r\n",
                    "Transfer-Encoding: gzip, chunked\r\n",
                    "Transfer-Encoding: chunked, identity\r\n",
                    "Transfer-Encoding:\u000bchunked\r\n",
                    "Transfer-Encoding: chunked\r\n",
                    "Content-Type: \u00ff\u00ff/;;\r\n",
                    "Accept: ;;;\r\n",
                    "Idempotency-Key: \u00e9\u00e9\r\n",
                    "Expect: 200-maybe\r\n",
                    "Expect: 100-continue, x\r\n",
                    "Last-Event-ID: x\r\n",
                    "Authorization: Basic \u0000\r\n",
                    "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: x\r\n",
                    "Cookie: " + "a=b; ".repeat(900) + "\r\n");

    private static final List<String> BODIES =
            List.of(
                    "",
                    "",
                    "{\"a\": 1}",
                    "5\r\nhello\r\n0\r\n\r\n",
                    "5\r\nhel",
                    "x\r\n",
                    "-1\r\n",
                    "ffffffffffffffffff\r\nx",
                    "5;ext=\"\r\nhello\r\n0\r\nTrailer: x\r\n\r\n",
                    "0\r\nX: " + "y".repeat(9000) + "\r\n\r\n",
                    "GET /x HTTP/1.1\r\nHost: x\r\n\r\n");

    private final FuzzRandom random;

    FuzzBroken(FuzzRandom random) {
        this.random = random;
    }

    byte[] next(FuzzWorld world) {
        if (random.chance(3)) {
            return random.bytes(1 + random.below(400));
        }
        String authorization =
                random.chance(70)
                        ? "Authorization: Basic " + world.anOwner().merchant().key().key() + "\r\n"
                        : "";
        String request =
                random.of(METHODS)
                        + " "
                        + random.of(TARGETS)
                        + " "
                        + random.of(VERSIONS)
                        + "\r\n"
                        + (random.chance(80) ? HOSTS.getFirst() : random.of(HOSTS))
                        + "\r\n"
                        + authorization
                        + random.of(HEADERS)
                        + "Connection: close\r\n\r\n"
                        + random.of(BODIES);
        byte[] bytes = request.getBytes(StandardCharsets.ISO_8859_1);
        if (random.chance(10)) {
            bytes[random.below(bytes.length)] = (byte) random.below(256);
        }
        return bytes;
    }
}

package dev.kassa;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Requests and answers as bytes on the line, for what an HTTP client hides or refuses to send. */
final class RawHttp {
    private RawHttp() {}

    /** {@code request}: Latin-1, whole, ending its connection. */
    static String exchange(TestServer server, String request) {
        try (Socket socket = new Socket(server.url().getHost(), server.url().getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

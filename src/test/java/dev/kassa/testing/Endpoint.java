package dev.kassa.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.EmptyWebhookSecretException;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A merchant's webhook endpoint at the level of bytes, so that it can misbehave in any way. */
public final class Endpoint implements AutoCloseable {
    /** What it does with a request. */
    public interface Behaviour {
        void answer(Request request, Socket socket) throws IOException, InterruptedException;
    }

    /** The name under which the request line stands among the headers, which no header has. */
    private static final String REQUEST_LINE = ":request-line";

    /** A request that came in; header names in lower case. */
    public record Request(Map<String, String> headers, String body) {
        public String id() {
            return headers.getOrDefault("webhook-id", "");
        }

        /** The request's path and query, as they were sent. */
        public String target() {
            return headers.getOrDefault(REQUEST_LINE, "").split(" ", -1)[1];
        }

        /** Whether a signature of it is of this secret, as the library of its readers sees it. */
        public boolean isSignedWith(String secret) throws EmptyWebhookSecretException {
            try {
                new Webhook(secret).verify(body, httpHeaders());
                return true;
            } catch (WebhookVerificationException e) {
                return false;
            }
        }

        public java.net.http.HttpHeaders httpHeaders() {
            Map<String, List<String>> all = new TreeMap<>();
            headers.forEach((name, value) -> all.put(name, List.of(value)));
            var _ = all.remove(REQUEST_LINE);
            return java.net.http.HttpHeaders.of(all, (name, value) -> true);
        }
    }

    public final List<Request> received = new CopyOnWriteArrayList<>();
    private final ServerSocket server;
    private volatile Behaviour behaviour;

    private Endpoint(ServerSocket server, Behaviour behaviour) {
        this.server = server;
        this.behaviour = behaviour;
    }

    public static Endpoint open(Behaviour behaviour) {
        try {
            return open(new ServerSocket(0, 1000, InetAddress.getLoopbackAddress()), behaviour);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Endpoint open(ServerSocket server, Behaviour behaviour) {
        Endpoint endpoint = new Endpoint(server, behaviour);
        var _ = Thread.ofPlatform().daemon().start(endpoint::accept);
        return endpoint;
    }

    /** An answer of this status, with these further header lines. */
    public static Behaviour status(int status, String... headers) {
        String head = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
        String body = status == 204 ? "" : "answer " + status;
        String length = status == 204 ? "" : "Content-Length: " + body.length() + "\r\n";
        return (request, socket) ->
                write(socket, "HTTP/1.1 " + status + " X\r\n" + head + length + "\r\n" + body);
    }

    public static void write(Socket socket, String text) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    public void behave(Behaviour next) {
        behaviour = next;
    }

    /** Waits for so many requests; there are no more. */
    public void receives(int count) {
        Await.until(
                count + " requests, not " + received.size(),
                TestDestination.PATIENCE,
                () -> received.size() >= count);
        assertThat(received).hasSize(count);
    }

    public int port() {
        return server.getLocalPort();
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + port() + "/hook");
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                var _ = Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            while (true) {
                Map<String, String> headers = head(in);
                int length = Integer.parseInt(headers.getOrDefault("content-length", "-1"));
                if (length < 0) {
                    return;
                }
                String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
                Request request = new Request(headers, body);
                received.add(request);
                behaviour.answer(request, socket);
            }
        } catch (IOException e) {
            // The other side went away, or it was the point to be cut off.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Map<String, String> head(InputStream in) throws IOException {
        Map<String, String> headers = new TreeMap<>();
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0; c = in.read()) {
            if (c == '\n') {
                String text = line.toString().strip();
                line.setLength(0);
                int colon = text.indexOf(':');
                if (text.isEmpty()) {
                    return headers;
                } else if (headers.isEmpty()) {
                    headers.put(REQUEST_LINE, text);
                } else if (colon > 0) {
                    headers.put(
                            text.substring(0, colon).toLowerCase(Locale.ROOT),
                            text.substring(colon + 1).strip());
                }
            } else {
                line.append((char) c);
            }
        }
        return headers;
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package dev.kassa.invariants.fuzz;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Sends bytes that no HTTP library would, on one connection for as long as the server keeps it, so
 * that an answer which does not end where it says so spoils the next one and is noticed.
 */
final class FuzzClient implements AutoCloseable {
    private static final int PATIENCE_MS = 60_000;

    /** Requests from one address, few enough for the limits on wrong credentials. */
    private static final int REQUESTS_PER_ADDRESS = 60;

    private final URI url;
    private int address;
    private int requests;
    private @Nullable Socket socket;
    private InputStream in = InputStream.nullInputStream();

    FuzzClient(URI url) {
        this.url = url;
    }

    /** The answer; empty when the server ended the connection in place of one. */
    Optional<FuzzAnswer> send(byte[] request, boolean head) {
        requests++;
        if (requests % REQUESTS_PER_ADDRESS == 0) {
            leave();
        }
        boolean reused = socket != null;
        Optional<FuzzAnswer> answer = exchange(request, head, false);
        // A connection that was kept may have ended meanwhile.
        return answer.isEmpty() && reused ? exchange(request, head, false) : answer;
    }

    /** The answer to what may end anywhere, on a connection of its own that we end as well. */
    Optional<FuzzAnswer> sendLast(byte[] request, boolean head) {
        close();
        Optional<FuzzAnswer> answer = exchange(request, head, true);
        close();
        return answer;
    }

    /** Goes on from another address of this machine: Linux has all of 127.0.0.0/8. */
    void leave() {
        close();
        address++;
    }

    private Optional<FuzzAnswer> exchange(byte[] request, boolean head, boolean last) {
        try {
            Socket open = open();
            try {
                open.getOutputStream().write(request);
                if (last) {
                    open.shutdownOutput();
                }
            } catch (SocketException e) {
                // Refused while it was being sent; what was answered can still be read.
            }
            Optional<FuzzAnswer> answer = read(head, last);
            if (answer.isEmpty() || answer.get().header("Connection").contains("close")) {
                close();
            }
            return answer;
        } catch (SocketException e) {
            close();
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Socket open() throws IOException {
        if (socket != null) {
            return socket;
        }
        Socket fresh = new Socket();
        String from =
                "127.%d.%d.%d"
                        .formatted(
                                1 + address / 62_500 % 250, address / 250 % 250, 1 + address % 250);
        fresh.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
        fresh.setTcpNoDelay(true);
        fresh.connect(new InetSocketAddress(url.getHost(), url.getPort()), PATIENCE_MS);
        fresh.setSoTimeout(PATIENCE_MS);
        socket = fresh;
        in = new BufferedInputStream(fresh.getInputStream());
        return fresh;
    }

    private Optional<FuzzAnswer> read(boolean head, boolean last) throws IOException {
        String line = line();
        if (line == null) {
            return Optional.empty();
        }
        if (!line.matches("HTTP/1\\.1 \\d{3}.*")) {
            if (last) {
                return Optional.empty(); // In HTTP/0.9, which has no status.
            }
            throw new IllegalStateException("no beginning of an answer: " + line);
        }
        int status = Integer.parseInt(line.substring(9, 12));
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String next = line(); next != null && !next.isEmpty(); next = line()) {
            String[] parts = next.split(":", 2);
            headers.computeIfAbsent(parts[0], name -> new ArrayList<>()).add(parts[1].strip());
        }
        if (status < 200) {
            return read(head, last);
        }
        HttpHeaders all = HttpHeaders.of(headers, (name, value) -> true);
        return Optional.of(new FuzzAnswer(status, all, head ? "" : body(status, all)));
    }

    private String body(int status, HttpHeaders headers) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        if (headers.firstValue("Content-Type").orElse("").startsWith("text/event-stream")) {
            // It goes on for ever; its first words are enough.
            close();
        } else if (headers.firstValue("Transfer-Encoding").orElse("").equals("chunked")) {
            for (int size = chunk(); size > 0; size = chunk()) {
                body.writeBytes(exactly(size));
                var _ = line();
            }
            var _ = line();
        } else if (headers.firstValue("Content-Length").isPresent()) {
            long length = headers.firstValueAsLong("Content-Length").orElseThrow();
            body.writeBytes(exactly((int) length));
        } else if (status != 204 && status != 304) {
            in.transferTo(body);
            close();
        }
        return body.toString(StandardCharsets.UTF_8);
    }

    private int chunk() throws IOException {
        String size = line();
        if (size == null) {
            throw new EOFException("in the middle of an answer");
        }
        return Integer.parseInt(size.strip(), 16);
    }

    private byte[] exactly(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("in the middle of an answer");
        }
        return bytes;
    }

    /** The next line; null at the end. */
    private @Nullable String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next >= 0; next = in.read()) {
            if (next == '\n') {
                return line.toString().stripTrailing();
            }
            line.append((char) next);
        }
        return line.isEmpty() ? null : line.toString();
    }

    @Override
    public void close() {
        try {
            if (socket != null) {
                socket.close();
            }
            socket = null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

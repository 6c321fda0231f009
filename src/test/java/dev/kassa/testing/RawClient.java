package dev.kassa.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** A connection on which a test says byte by byte what a client would, and when. */
public final class RawClient implements AutoCloseable {
    private static final int PATIENCE_MS = 30_000;

    private final Socket socket;
    private boolean ended;

    public RawClient(URI url) {
        this(url, "127.0.0.1");
    }

    /** From an address of this machine: Linux has all of 127.0.0.0/8. */
    public RawClient(URI url, String from) {
        try {
            socket = new Socket();
            socket.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
            socket.connect(new InetSocketAddress(url.getHost(), url.getPort()), PATIENCE_MS);
            socket.setSoTimeout(PATIENCE_MS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private RawClient(Socket socket) {
        this.socket = socket;
    }

    /** One that speaks TLS, with the protocols named or those of the context. */
    public static RawClient overTls(URI url, SSLContext tls, String... protocols)
            throws IOException {
        SSLSocket socket =
                (SSLSocket) tls.getSocketFactory().createSocket(url.getHost(), url.getPort());
        socket.setSoTimeout(PATIENCE_MS);
        if (protocols.length > 0) {
            socket.setEnabledProtocols(protocols);
        }
        socket.startHandshake();
        return new RawClient(socket);
    }

    /** What is answered to one whole request that ends its connection. */
    public static String exchange(URI url, String request) {
        try (RawClient client = new RawClient(url)) {
            return client.send(request) ? client.readToTheEnd() : "";
        }
    }

    /** Answers whether it could be sent: not when the server has closed the connection. */
    public boolean send(String text) {
        try {
            OutputStream out = socket.getOutputStream();
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            return true;
        } catch (IOException e) {
            ended = true;
            return false;
        }
    }

    /** Everything that comes until the server ends the connection. */
    public String readToTheEnd() {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        try {
            socket.setSoTimeout(PATIENCE_MS);
            socket.getInputStream().transferTo(answer);
        } catch (SocketTimeoutException e) {
            throw new IllegalStateException("the server does not end the connection", e);
        } catch (SocketException e) {
            // Reset: what was read counts.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return answer.toString(StandardCharsets.ISO_8859_1);
    }

    /** What has come after so many milliseconds at most; empty for nothing yet. */
    public String readWithin(int milliseconds) {
        byte[] some = new byte[4096];
        try {
            socket.setSoTimeout(milliseconds);
            int read = socket.getInputStream().read(some);
            socket.setSoTimeout(PATIENCE_MS);
            ended |= read < 0;
            return read < 0 ? "" : new String(some, 0, read, StandardCharsets.ISO_8859_1);
        } catch (SocketTimeoutException e) {
            return "";
        } catch (IOException e) {
            ended = true;
            return "";
        }
    }

    /** Whether the server was seen to have ended the connection. */
    public boolean isEnded() {
        return ended;
    }

    /** What comes until {@code part} has come. */
    public String readUntil(String part) {
        StringBuilder answer = new StringBuilder();
        try {
            while (!answer.toString().contains(part)) {
                int next = socket.getInputStream().read();
                if (next < 0) {
                    throw new IllegalStateException("ended after: " + answer);
                }
                answer.append((char) next);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return answer.toString();
    }

    /** Goes away without a word, as a client that died. */
    public void reset() {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The far ends of bench/webhooks: a healthy endpoint, one that never answers, and a port that tells
 * how many requests the healthy one has taken and when (nanoseconds): {@code COUNT FIRST LAST}; any
 * line sent to it starts the count anew.
 */
public final class WebhookSink {
    private static final byte[] OK =
            "HTTP/1.1 204 No Content\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final AtomicLong COUNT = new AtomicLong();
    private static volatile long first;
    private static volatile long last;

    public static void main(String[] args) throws IOException {
        int port = Integer.parseInt(args[0]);
        serve(port, WebhookSink::healthy);
        serve(port + 1, WebhookSink::hanging);
        serve(port + 2, WebhookSink::count);
        System.out.println("ready");
    }

    private interface Handler {
        void handle(Socket socket) throws IOException;
    }

    private static void serve(int port, Handler handler) throws IOException {
        ServerSocket server = new ServerSocket(port, 4096, InetAddress.getLoopbackAddress());
        Thread.ofPlatform()
                .start(
                        () -> {
                            while (true) {
                                try {
                                    Socket socket = server.accept();
                                    socket.setTcpNoDelay(true);
                                    Thread.ofVirtual()
                                            .start(
                                                    () -> {
                                                        try (socket) {
                                                            handler.handle(socket);
                                                        } catch (IOException e) {
                                                            // The other side went away.
                                                        }
                                                    });
                                } catch (IOException e) {
                                    return;
                                }
                            }
                        });
    }

    private static void healthy(Socket socket) throws IOException {
        InputStream in = new BufferedInputStream(socket.getInputStream(), 16_384);
        OutputStream out = socket.getOutputStream();
        while (true) {
            int length = head(in);
            if (length < 0 || in.readNBytes(length).length < length) {
                return;
            }
            last = System.nanoTime();
            if (COUNT.getAndIncrement() == 0) {
                first = last;
            }
            out.write(OK);
        }
    }

    /** Reads the head of a request; answers its content-length, or -1 at the end. */
    private static int head(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        int length = 0;
        for (int c = in.read(); c >= 0; c = in.read()) {
            if (c != '\n') {
                line.append((char) c);
            } else if (line.length() <= 1) {
                return length;
            } else {
                if (line.toString().regionMatches(true, 0, "content-length:", 0, 15)) {
                    length = Integer.parseInt(line.substring(15).strip());
                }
                line.setLength(0);
            }
        }
        return -1;
    }

    private static void hanging(Socket socket) throws IOException {
        while (socket.getInputStream().read() >= 0) {
            // Takes it all and says nothing.
        }
    }

    private static void count(Socket socket) throws IOException {
        if (socket.getInputStream().read() == '0') {
            COUNT.set(0);
        }
        String answer = COUNT.get() + " " + first + " " + last + "\n";
        socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
    }
}

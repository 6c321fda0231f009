package dev.kassa.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Stands between a server and its database, and can swallow what it is sent without closing
 * anything, as a network does that has lost a machine.
 */
public final class TcpProxy implements AutoCloseable {
    private static final Duration LOOK = Duration.ofMillis(10);

    private final ServerSocket listener;
    private final int target;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private volatile boolean holding;

    private TcpProxy(ServerSocket listener, int target) {
        this.listener = listener;
        this.target = target;
    }

    /** One on a free port of loopback, to this port of loopback. */
    public static TcpProxy to(int port) {
        try {
            TcpProxy proxy =
                    new TcpProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), port);
            var _ = Thread.ofVirtual().start(proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** From now on nothing goes through, in either direction, and nothing is closed. */
    public void hold() {
        holding = true;
    }

    /** What was held goes on its way. */
    public void release() {
        holding = false;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
                sockets.addAll(List.of(client, server));
                var _ = Thread.ofVirtual().start(() -> pump(client, server));
                var _ = Thread.ofVirtual().start(() -> pump(server, client));
            } catch (IOException e) {
                // Closed, or the database is gone.
            }
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[16_384];
        try (from;
                to) {
            for (int n = from.getInputStream().read(buffer);
                    n >= 0;
                    n = from.getInputStream().read(buffer)) {
                while (holding) {
                    Await.pause(LOOK);
                }
                to.getOutputStream().write(buffer, 0, n);
            }
            while (holding) {
                Await.pause(LOOK);
            }
        } catch (IOException e) {
            // One end has gone.
        }
    }

    @Override
    public void close() {
        holding = false;
        try {
            listener.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

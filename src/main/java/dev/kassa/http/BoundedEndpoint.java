package dev.kassa.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;

/** Closes a new connection at once whose address has as many as it may. */
final class BoundedEndpoint extends NioEndpoint {
    private final Map<SocketChannel, String> networks = new HashMap<>();
    private final Map<String, Integer> open = new HashMap<>();
    private final LongAdder refused = new LongAdder();
    private volatile int limit;

    /** So many for each address; 0 for any number. */
    void limit(int connections) {
        limit = connections;
    }

    long refused() {
        return refused.sum();
    }

    /** Hears of every connection that ends, before {@code handler} does. */
    void countTo(Handler<NioChannel> handler) {
        setHandler(new Counting(handler));
    }

    @Override
    protected boolean setSocketOptions(SocketChannel socket) {
        if (limit > 0 && !enter(socket)) {
            refused.increment();
            destroySocket(socket);
            return false;
        }
        if (super.setSocketOptions(socket)) {
            return true;
        }
        leave(socket);
        return false;
    }

    private boolean enter(SocketChannel socket) {
        String network;
        try {
            network =
                    socket.getRemoteAddress() instanceof InetSocketAddress address
                            ? ClientAddress.network(address.getAddress())
                            : "";
        } catch (IOException e) {
            return false;
        }
        synchronized (open) {
            int others = open.getOrDefault(network, 0);
            if (others >= limit) {
                return false;
            }
            open.put(network, others + 1);
            networks.put(socket, network);
            return true;
        }
    }

    private void leave(SocketChannel socket) {
        synchronized (open) {
            String network = networks.remove(socket);
            if (network != null) {
                var _ =
                        open.computeIfPresent(
                                network,
                                (address, count) -> count == 1 ? null : Integer.valueOf(count - 1));
            }
        }
    }

    /** Tomcat's own handler, with the ends of connections counted. */
    private final class Counting implements Handler<NioChannel> {
        private final Handler<NioChannel> handler;

        Counting(Handler<NioChannel> handler) {
            this.handler = handler;
        }

        @Override
        public void release(SocketWrapperBase<NioChannel> socket) {
            SocketChannel channel = socket.getSocket().getIOChannel();
            if (channel != null) {
                leave(channel);
            }
            handler.release(socket);
        }

        @Override
        public SocketState process(SocketWrapperBase<NioChannel> socket, SocketEvent status) {
            return handler.process(socket, status);
        }

        @Override
        public Object getGlobal() {
            return handler.getGlobal();
        }

        @Override
        public void pause() {
            handler.pause();
        }

        @Override
        public void recycle() {
            handler.recycle();
        }
    }
}

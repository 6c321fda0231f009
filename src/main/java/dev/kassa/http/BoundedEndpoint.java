package dev.kassa.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/** Closes a new connection at once whose address, unless a proxy's, has as many as it may. */
final class BoundedEndpoint extends NioEndpoint {
    private final Map<SocketChannel, String> networks = new HashMap<>();
    private final Map<String, Integer> open = new HashMap<>();
    private final LongAdder refused = new LongAdder();
    private volatile @Nullable HttpSettings settings;

    /** As many for each address as these say. */
    void use(HttpSettings settings) {
        this.settings = settings;
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
        HttpSettings own = settings;
        if (own != null && own.connectionsPerAddress() > 0 && !enter(socket, own)) {
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

    private boolean enter(SocketChannel socket, HttpSettings own) {
        InetAddress address;
        try {
            if (!(socket.getRemoteAddress() instanceof InetSocketAddress remote)) {
                return true;
            }
            address = remote.getAddress();
        } catch (IOException e) {
            return false;
        }
        if (own.isProxy(address)) {
            return true;
        }
        String network = ClientAddress.network(address);
        synchronized (open) {
            int others = open.getOrDefault(network, 0);
            if (others >= own.connectionsPerAddress()) {
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

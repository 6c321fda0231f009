package dev.kassa.http;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.coyote.Adapter;
import org.apache.coyote.ErrorState;
import org.apache.coyote.Processor;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.buf.MessageBytes;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * Tomcat's HTTP/1.1 with what it has no setting for. Its own time-outs are for each read, so a
 * client that sends a byte now and then is never cut off; here the headers as a whole have a
 * deadline, and so has a body. The connections of one address are bounded as well ({@link
 * BoundedEndpoint}).
 *
 * <p>Made by Tomcat, by its name.
 */
public final class BoundedProtocol extends Http11NioProtocol {
    /** Said of a Host that cannot be read. */
    static final String NO_HOST = "no host";

    /** Beyond the deadline, so that a reader who looks at the clock itself can still answer. */
    private static final Duration GRACE = Duration.ofMillis(500);

    private final BoundedEndpoint endpoint;
    private final ScheduledExecutorService watch = watch();
    private volatile Duration receiveTimeout = Duration.ofDays(1);

    /** For Tomcat; {@link #use} comes before the start. */
    public BoundedProtocol() {
        this(new BoundedEndpoint());
    }

    private BoundedProtocol(BoundedEndpoint endpoint) {
        super(endpoint);
        this.endpoint = endpoint;
        endpoint.countTo(getHandler());
    }

    void use(HttpSettings settings) {
        receiveTimeout = settings.receiveTimeout();
        endpoint.use(settings);
    }

    /** Connections that were closed since their address had too many. */
    long refused() {
        return endpoint.refused();
    }

    private static ScheduledExecutorService watch() {
        ScheduledThreadPoolExecutor watch =
                new ScheduledThreadPoolExecutor(
                        1,
                        // It outlives the context, which would otherwise warn of it at each stop.
                        Thread.ofPlatform()
                                .daemon()
                                .name("kassa-receive-", 0)
                                .inheritInheritableThreadLocals(false)
                                .factory());
        watch.setRemoveOnCancelPolicy(true);
        return watch;
    }

    @Override
    public void destroy() throws Exception {
        watch.shutdownNow();
        super.destroy();
    }

    @Override
    protected Processor createProcessor() {
        ArrivalAdapter adapter = new ArrivalAdapter(getAdapter());
        Exchange exchange = new Exchange(this, adapter);
        adapter.tell(exchange);
        return exchange;
    }

    /** What Tomcat said of a request that it could not read; empty where it said nothing. */
    static String fault(org.apache.catalina.connector.Request request) {
        return request.getCoyoteRequest().getAttribute(Arrival.ATTRIBUTE)
                                instanceof Exchange exchange
                        && exchange.fault != null
                ? exchange.fault
                : "";
    }

    /** One connection's requests, one after the other. */
    private static final class Exchange extends Http11Processor implements Arrival {
        private final BoundedProtocol protocol;

        private @Nullable String fault;

        Exchange(BoundedProtocol protocol, Adapter adapter) {
            super(protocol, adapter);
            this.protocol = protocol;
        }

        /** Called whenever something has arrived; LONG: the headers are not complete. */
        @Override
        public SocketState service(SocketWrapperBase<?> socket) throws IOException {
            SocketState state = super.service(socket);
            if (state != SocketState.LONG || request.getStartTimeNanos() < 0) {
                return state;
            }
            long taken = System.nanoTime() - request.getStartTimeNanos();
            long left = protocol.receiveTimeout.toMillis() - TimeUnit.NANOSECONDS.toMillis(taken);
            if (left <= 0) {
                return SocketState.CLOSED;
            }
            socket.setReadTimeout(Math.min(left, protocol.getConnectionTimeout()));
            return state;
        }

        /**
         * Names of containers have underscores, which Tomcat's reading of RFC 1123 refuses: it is
         * given another letter in their place.
         */
        @Override
        protected void parseHost(@Nullable MessageBytes value) {
            boolean refused = getErrorState().isError();
            String host = value == null || value.isNull() ? "" : value.getByteChunk().toString();
            if (host.indexOf('_') < 0) {
                super.parseHost(value);
            } else {
                byte[] readable = host.replace('_', 'a').getBytes(StandardCharsets.ISO_8859_1);
                MessageBytes stand = MessageBytes.newInstance();
                stand.setBytes(readable, 0, readable.length);
                super.parseHost(stand);
                request.serverName().setString(host.replaceFirst(":.*", ""));
            }
            if (getErrorState().isError() && !refused) {
                fault = NO_HOST;
            }
        }

        /** What Tomcat refuses has its reason here, and nowhere else. */
        @Override
        protected void setErrorState(ErrorState state, @Nullable Throwable cause) {
            if (fault == null
                    && cause instanceof IllegalArgumentException
                    && cause.getMessage() != null) {
                fault = cause.getMessage();
            }
            super.setErrorState(state, cause);
        }

        /** The headers are there, and were given less and less time. */
        @Override
        public void begin() {
            getSocketWrapper().setReadTimeout(protocol.getConnectionTimeout());
        }

        @Override
        public void end() {
            fault = null;
        }

        @Override
        public Duration patience() {
            return protocol.receiveTimeout;
        }

        /**
         * Only the incoming half of the connection is ended, and by the channel itself: Tomcat uses
         * the rest of it again for other connections.
         */
        @Override
        public Receiving receiving(Duration patience) {
            if (!(getSocketWrapper().getSocket() instanceof NioChannel socket)) {
                return new Receiving(null);
            }
            SocketChannel channel = socket.getIOChannel();
            return new Receiving(
                    protocol.watch.schedule(
                            () -> endInput(channel),
                            patience.plus(GRACE).toMillis(),
                            TimeUnit.MILLISECONDS));
        }

        private static void endInput(SocketChannel channel) {
            try {
                var _ = channel.shutdownInput();
            } catch (IOException e) {
                // Closed already.
            }
        }
    }
}

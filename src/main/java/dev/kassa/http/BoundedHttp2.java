package dev.kassa.http;

import dev.kassa.kernel.Limits;
import java.time.Duration;
import org.apache.coyote.Adapter;
import org.apache.coyote.Processor;
import org.apache.coyote.http2.Http2Protocol;
import org.apache.tomcat.util.net.SocketWrapperBase;

/**
 * Tomcat's HTTP/2, on connections with TLS. Its time-out for a stream is for each read, so a body
 * that trickles is ended by its reader ({@link Body}), who looks at the clock after each read: at
 * the latest after twice the time that it may take.
 */
final class BoundedHttp2 extends Http2Protocol {
    private final Duration receiveTimeout;

    BoundedHttp2(HttpSettings settings) {
        receiveTimeout = settings.receiveTimeout();
        setReadTimeout(receiveTimeout.toMillis());
        setStreamReadTimeout(receiveTimeout.toMillis());
        setMaxConcurrentStreams(Limits.STREAMS_PER_CONNECTION);
        setMaxConcurrentStreamExecution(Limits.STREAMS_AT_WORK_PER_CONNECTION);
    }

    @Override
    public Processor getProcessor(SocketWrapperBase<?> socket, Adapter adapter) {
        ArrivalAdapter marking = new ArrivalAdapter(adapter);
        marking.tell(new Arrival.ByReader(receiveTimeout));
        return super.getProcessor(socket, marking);
    }
}

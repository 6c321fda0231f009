package dev.kassa.http;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/** Who waits for the answer to a request. */
public final class Client {
    private static final String ATTRIBUTE = Client.class.getName();

    private final org.apache.coyote.@Nullable Request request;

    private Client(org.apache.coyote.@Nullable Request request) {
        this.request = request;
    }

    static Client of(HttpServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof org.apache.coyote.Request coyote
                ? new Client(coyote)
                : new Client(null);
    }

    /**
     * Whether the client's end of the connection is open, as far as the network has told. Only on
     * the request's own thread, of a request without a body: Tomcat does not look at a connection
     * while its request is worked on, so this reads from it, without waiting.
     */
    public boolean isConnected() {
        if (request == null
                || request.getContentLengthLong() > 0
                || request.getHeader("Transfer-Encoding") != null) {
            return true;
        }
        // The end of the connection is reported as a byte each time; bytes of a next request are
        // reported once, when they are read.
        boolean first = canRead(request);
        return !(first && canRead(request));
    }

    private static boolean canRead(org.apache.coyote.Request request) {
        request.action(ActionCode.AVAILABLE, true);
        return request.getAvailable() > 0;
    }

    /** Keeps Tomcat's own request where {@link #of} finds it. */
    @Component
    static final class ConnectionCustomizer
            implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {
        @Override
        public void customize(TomcatServletWebServerFactory factory) {
            factory.addContextValves(new KeepingValve());
        }
    }

    private static final class KeepingValve extends ValveBase {
        KeepingValve() {
            super(true);
        }

        @Override
        public void invoke(Request request, Response response)
                throws IOException, ServletException {
            request.setAttribute(ATTRIBUTE, request.getCoyoteRequest());
            getNext().invoke(request, response);
        }
    }
}

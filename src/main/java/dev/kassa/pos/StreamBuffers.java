package dev.kassa.pos;

import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/**
 * Bounds what the kernel keeps for a device that does not read. Left to itself it grows to
 * megabytes for each.
 */
@Component
final class StreamBuffers implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {
    private static final int SEND_BUFFER_BYTES = 64 * 1024;

    @Override
    public void customize(TomcatServletWebServerFactory factory) {
        factory.addConnectorCustomizers(connector -> {
            var _ = connector.setProperty("socket.txBufSize", String.valueOf(SEND_BUFFER_BYTES));
        });
    }
}

package dev.kassa.http;

import dev.kassa.kernel.Limits;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import org.apache.tomcat.util.buf.EncodedSolidusHandling;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/** How Tomcat is bounded beyond its own settings. */
@Component
final class TomcatCustomizer implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {
    private final HttpSettings settings;
    private final MeterRegistry meters;

    TomcatCustomizer(HttpSettings settings, MeterRegistry meters) {
        this.settings = settings;
        this.meters = meters;
    }

    @Override
    public void customize(TomcatServletWebServerFactory factory) {
        factory.setProtocol(BoundedProtocol.class.getName());
        factory.addEngineValves(new Forwarded(settings), new UnreadBodies());
        factory.addConnectorCustomizers(connector -> {
            // What a reader can make sense of is served, or refused by what it asks for.
            connector.setProperty("relaxedQueryChars", "\"<>[\\]^`{|}");
            connector.setEncodedSolidusHandling(EncodedSolidusHandling.PASS_THROUGH.getValue());
            connector.setEncodedReverseSolidusHandling(
                    EncodedSolidusHandling.PASS_THROUGH.getValue());
            connector.setAllowTrace(true);
            if (settings.tls() != null) {
                connector.addUpgradeProtocol(new BoundedHttp2(settings));
            }
            // A refusal comes in place of 100 Continue.
            connector.setProperty("continueResponseTiming", "onRead");
            if (connector.getProtocolHandler() instanceof BoundedProtocol connections) {
                connections.use(settings);
                connections.setMaxHttpRequestHeaderSize(Limits.HEAD_BYTES);
                var _ =
                        FunctionCounter.builder(
                                        "kassa.http.connections.refused",
                                        connections,
                                        BoundedProtocol::refused)
                                .description("Connections closed: their address had too many")
                                .register(meters);
            }
        });
    }
}

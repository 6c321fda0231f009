package dev.kassa.http;

import dev.kassa.kernel.Limits;
import java.io.IOException;
import java.util.Collections;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.core.StandardHost;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/**
 * What Tomcat refuses before any of our code runs (a malformed URI, say), in the shape of the rest.
 */
@Component
final class ContainerRefusals implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerRefusals.class);

    private final ApiRoot.All roots;
    private final SecurityHeaders security;

    ContainerRefusals(ApiRoot.All roots, SecurityHeaders security) {
        this.roots = roots;
        this.security = security;
    }

    @Override
    public void customize(TomcatServletWebServerFactory factory) {
        factory.addContextCustomizers(context -> {
            StandardHost host = (StandardHost) context.getParent();
            // In place of the one that Tomcat would make by the name of its class.
            host.setErrorReportValveClass(null);
            host.getPipeline().addValve(new ProblemValve(roots, security));
        });
    }

    private static final class ProblemValve extends ErrorReportValve {
        private final ApiRoot.All roots;
        private final SecurityHeaders security;

        ProblemValve(ApiRoot.All roots, SecurityHeaders security) {
            this.roots = roots;
            this.security = security;
        }

        @Override
        protected void report(Request request, Response response, @Nullable Throwable throwable) {
            int status = response.getStatus();
            if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
                return;
            }
            Fault fault = Fault.of(request, status);
            status = fault.status();
            response.setStatus(status);
            String title = Problems.title(status);
            String id = UUID.randomUUID().toString();
            try {
                ErrorShape shape = roots.of(path(request)).errors();
                response.setContentType(shape.mediaType());
                security.set(response, request.isSecure());
                CorrelationFilter.tell(response, id, shape);
                ErrorShape.Refused refused =
                        new ErrorShape.Refused(
                                status, title, null, fault.detail(), Map.of(), path(request), id);
                response.getOutputStream().write(shape.write(refused));
                response.finishResponse();
            } catch (IOException | IllegalStateException e) {
                LOG.debug("the client went away", e);
            }
        }
    }

    /** Empty when the request could not be read so far. */
    private static String path(Request request) {
        @Nullable String decoded = request.getDecodedRequestURI();
        @Nullable String path = decoded == null ? request.getRequestURI() : decoded;
        return path == null ? "" : path;
    }

    /** Why Tomcat refused, in words for whoever sent it. */
    private record Fault(int status, String detail) {
        private static final Pattern UNENCODED = Pattern.compile("[\"<>\\[\\]^`{|}\\\\]");

        static Fault of(Request request, int status) {
            String said = BoundedProtocol.fault(request);
            if (said.contains("header is too large")) {
                return tooLong(request.getCoyoteRequest().requestURI().isNull());
            }
            if (said.contains("request target") || UNENCODED.matcher(path(request)).find()) {
                return new Fault(
                        400,
                        "The address holds a character that must be percent-encoded: a blank, a"
                                + " letter outside ASCII, or in its path one of \" < > [ ] ^ ` { | }.");
            }
            if (said.contains("method name") || said.contains("HTTP protocol")) {
                return new Fault(
                        400,
                        "This is no request of HTTP/1.1. Perhaps HTTPS was sent to a port of plain"
                                + " HTTP.");
            }
            if (said.equals(BoundedProtocol.NO_HOST) || (status == 400 && !hasOneHost(request))) {
                return new Fault(
                        400,
                        "The header Host is missing, sent twice, or no name of a host. Send the name"
                                + " and port that the URL has.");
            }
            return new Fault(status, detail(status));
        }

        private static Fault tooLong(boolean inTheRequestLine) {
            return inTheRequestLine
                    ? new Fault(
                            414,
                            "The address is too long. Together with the headers it may have "
                                    + Limits.HEAD_BYTES
                                    + " bytes.")
                    : new Fault(
                            431,
                            "The headers are too long, cookies among them. Together with the address"
                                    + " they may have "
                                    + Limits.HEAD_BYTES
                                    + " bytes.");
        }

        private static String detail(int status) {
            return switch (status) {
                case 400 ->
                        "The address or a header is not as HTTP has it (RFC 9110, RFC 9112): its"
                                + " percent-encoding, a blank or control character in a header's"
                                + " name, two lengths, or a host other than the address has.";
                case 417 -> "Of the header Expect only 100-continue is taken.";
                case 501 ->
                        "This transfer coding is not known. Send the body as it is, with its"
                                + " Content-Length, or chunked.";
                case 505 -> "Send the request as HTTP/1.1.";
                default -> Problems.title(status);
            };
        }

        private static boolean hasOneHost(Request request) {
            return Collections.list(request.getHeaders("host")).size() == 1;
        }
    }
}

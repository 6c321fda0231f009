package dev.kassa.http;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.UUID;
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

    @Override
    public void customize(TomcatServletWebServerFactory factory) {
        factory.addContextCustomizers(context ->
                ((StandardHost) context.getParent())
                        .setErrorReportValveClass(ProblemValve.class.getName()));
    }

    /** Made by Tomcat, by its name. */
    public static final class ProblemValve extends ErrorReportValve {
        @Override
        protected void report(Request request, Response response, @Nullable Throwable throwable) {
            int status = response.getStatus();
            if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
                return;
            }
            if (status == HttpServletResponse.SC_NOT_IMPLEMENTED) {
                // A transfer coding nobody knows: the request is at fault, not the server.
                status = HttpServletResponse.SC_BAD_REQUEST;
                response.setStatus(status);
            }
            String title = Problems.title(status);
            String id = UUID.randomUUID().toString();
            try {
                @Nullable String decoded = request.getDecodedRequestURI();
                ErrorShape shape =
                        ErrorShape.of(decoded == null ? request.getRequestURI() : decoded);
                response.setContentType(shape.mediaType());
                Correlation.tell(response, id, shape);
                ErrorShape.Refused refused =
                        new ErrorShape.Refused(status, title, null, title, Map.of(), "", id);
                response.getOutputStream().write(shape.write(refused));
                response.finishResponse();
            } catch (IOException | IllegalStateException e) {
                LOG.debug("the client went away", e);
            }
        }
    }
}

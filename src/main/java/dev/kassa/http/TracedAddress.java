package dev.kassa.http;

import io.micrometer.common.KeyValue;
import org.springframework.http.server.observation.DefaultServerRequestObservationConvention;
import org.springframework.http.server.observation.ServerRequestObservationContext;
import org.springframework.stereotype.Component;

/** What a trace tells of a request: no more of its address than a log does. */
@Component
final class TracedAddress extends DefaultServerRequestObservationConvention {
    @Override
    protected KeyValue httpUrl(ServerRequestObservationContext context) {
        return KeyValue.of(
                "http.url",
                context.getCarrier() == null ? "" : LoggedRequest.path(context.getCarrier()));
    }
}

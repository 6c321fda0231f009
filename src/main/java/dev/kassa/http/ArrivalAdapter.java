package dev.kassa.http;

import org.apache.coyote.Adapter;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.tomcat.util.net.SocketEvent;
import org.jspecify.annotations.Nullable;

/** Tomcat's adapter, which tells each request how long its body may take to arrive. */
final class ArrivalAdapter implements Adapter {
    private final Adapter adapter;
    private @Nullable Arrival arrival;

    ArrivalAdapter(Adapter adapter) {
        this.adapter = adapter;
    }

    /** Of the requests from now on. */
    void tell(Arrival arrival) {
        this.arrival = arrival;
    }

    @Override
    public void service(Request request, Response response) throws Exception {
        Arrival own = arrival;
        if (own == null) {
            adapter.service(request, response);
            return;
        }
        own.begin();
        request.setAttribute(Arrival.ATTRIBUTE, own);
        try {
            adapter.service(request, response);
        } finally {
            own.end();
        }
    }

    @Override
    public boolean prepare(Request request, Response response) throws Exception {
        return adapter.prepare(request, response);
    }

    @Override
    public boolean asyncDispatch(Request request, Response response, SocketEvent status)
            throws Exception {
        return adapter.asyncDispatch(request, response, status);
    }

    @Override
    public void log(Request request, Response response, long time) {
        adapter.log(request, response, time);
    }

    @Override
    public void checkRecycled(Request request, Response response) {
        adapter.checkRecycled(request, response);
    }

    @Override
    public String getDomain() {
        return adapter.getDomain();
    }
}

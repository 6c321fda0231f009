package dev.kassa.http;

import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

/** How clients reach this server: as set, or else by the address and port it listens on. */
public final class PublicUrl {
    private final @Nullable URI set;
    private final String scheme;
    private final String bindAddress;
    private volatile @Nullable URI local;

    /**
     * @param set null to go by where the server listens
     * @param scheme {@code https} when it takes that by itself, else {@code http}
     */
    public PublicUrl(@Nullable URI set, String scheme, String bindAddress) {
        this.set = set;
        this.scheme = scheme;
        this.bindAddress = bindAddress;
    }

    @EventListener
    void listening(WebServerInitializedEvent event) throws UnknownHostException {
        if (event.getApplicationContext().getServerNamespace() != null) {
            return; // That of health and metrics.
        }
        boolean any = InetAddress.getByName(bindAddress).isAnyLocalAddress();
        String host = any ? "127.0.0.1" : bindAddress;
        local =
                URI.create(
                        scheme
                                + "://"
                                + (host.contains(":") ? "[" + host + "]" : host)
                                + ":"
                                + event.getWebServer().getPort());
    }

    /** Known once the server listens. */
    public URI get() {
        return set == null ? local() : set;
    }

    /** Where the server listens, as seen from this machine. */
    public URI local() {
        return Objects.requireNonNull(local, "the server does not listen yet");
    }

    /** The URL of {@code path}, as the sender of {@code request} can open it. */
    public String of(HttpServletRequest request, String path) {
        return set != null
                ? of(path)
                : ServletUriComponentsBuilder.fromContextPath(request).toUriString() + path;
    }

    /** This path of the server, as clients reach it. */
    public String of(String path) {
        return get().toString().replaceFirst("/$", "") + path;
    }
}

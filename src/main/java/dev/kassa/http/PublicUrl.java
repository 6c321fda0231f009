package dev.kassa.http;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

/**
 * Where clients reach this server, for links that it hands out.
 *
 * @param configured null for wherever the request at hand was sent to
 */
public record PublicUrl(@Nullable URI configured) {
    /** The absolute URL of {@code path}, as the sender of {@code request} can open it. */
    public String of(HttpServletRequest request, String path) {
        String base =
                configured == null
                        ? ServletUriComponentsBuilder.fromContextPath(request).toUriString()
                        : configured.toString();
        return (base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path;
    }
}

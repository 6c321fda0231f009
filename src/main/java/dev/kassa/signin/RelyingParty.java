package dev.kassa.signin;

import dev.kassa.http.PublicUrl;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialRpEntity;
import org.springframework.security.web.webauthn.management.Webauthn4JRelyingPartyOperations;

/**
 * The site that passkeys are made for.
 *
 * @param id its host; a passkey works for no other
 * @param origin where its pages come from
 */
record RelyingParty(String id, String origin) {
    private static final String NAME = "Kassa";

    /** Nothing when no browser makes passkeys for it: an IP address, or plain HTTP. */
    static Optional<RelyingParty> of(PublicUrl publicUrl, HttpServletRequest request) {
        URI url = URI.create(publicUrl.of(request, "").toLowerCase(Locale.ROOT));
        String host = url.getHost();
        if (host == null || host.startsWith("[") || host.matches("[0-9.]+")) {
            return Optional.empty();
        }
        boolean safe = "https".equals(url.getScheme()) || host.equals("localhost");
        String port = url.getPort() < 0 ? "" : ":" + url.getPort();
        return safe
                ? Optional.of(new RelyingParty(host, url.getScheme() + "://" + host + port))
                : Optional.empty();
    }

    Webauthn4JRelyingPartyOperations operations(PasskeysOfUser user) {
        PublicKeyCredentialRpEntity entity =
                PublicKeyCredentialRpEntity.builder().id(id).name(NAME).build();
        return new Webauthn4JRelyingPartyOperations(user, user, entity, Set.of(origin));
    }
}

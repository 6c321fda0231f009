package dev.kassa.portal;

import dev.kassa.merchant.PortalUser;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AbstractAuthenticationToken;

/** A user who is signed in. */
final class SignedIn extends AbstractAuthenticationToken {
    @java.io.Serial private static final long serialVersionUID = 1L;

    private final transient PortalUser user;
    private final transient @Nullable UUID session;

    /** {@code session}: null until there is one. */
    SignedIn(PortalUser user, @Nullable UUID session) {
        super(List.of());
        this.user = user;
        this.session = session;
        setAuthenticated(true);
    }

    PortalUser user() {
        return user;
    }

    /** Their session with this browser. */
    @Nullable UUID session() {
        return session;
    }

    @Override
    public Object getPrincipal() {
        return user.email();
    }

    @Override
    public String getCredentials() {
        return "";
    }
}

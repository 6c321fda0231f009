package dev.kassa.signin;

import dev.kassa.merchant.PortalUser;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.context.SecurityContextHolder;

/** A user who is signed in, or about to be. */
public final class SignedIn extends AbstractAuthenticationToken {
    @java.io.Serial private static final long serialVersionUID = 1L;

    private final transient PortalUser user;
    private final transient PortalSessions.@Nullable Found session;

    /** Whose password was right, before there is a session. */
    SignedIn(PortalUser user) {
        this(user, null);
    }

    SignedIn(PortalUser user, PortalSessions.@Nullable Found session) {
        super(List.of());
        this.user = user;
        this.session = session;
        setAuthenticated(true);
    }

    /** Whose request this is. */
    public static Optional<SignedIn> now() {
        return SecurityContextHolder.getContext().getAuthentication() instanceof SignedIn signedIn
                ? Optional.of(signedIn)
                : Optional.empty();
    }

    public PortalUser user() {
        return user;
    }

    /** Their session with this browser; null until there is one. */
    public PortalSessions.@Nullable Found session() {
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

package dev.kassa.access;

import dev.kassa.kernel.MerchantId;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * On whose behalf something is done. A filter that authenticates attaches one to the request, and
 * {@link PermissionFilter} makes it that of the thread. Work that no request asked for is Kassa's.
 *
 * @param merchant for whom; null for work of all merchants or of none
 * @param permissions what the actor may do for the merchant
 * @param address where the actor is; null where that is this server
 */
public record Principal(
        @Nullable MerchantId merchant,
        Actor actor,
        Set<Permission> permissions,
        @Nullable String address) {
    private static final Principal KASSA = new Principal(null, Actor.KASSA, Set.of(), null);
    private static final String ATTRIBUTE = Principal.class.getName();
    private static final ThreadLocal<@Nullable Principal> CURRENT = new ThreadLocal<>();

    /** Ends what it was opened for. */
    public interface Scope extends AutoCloseable {
        @Override
        void close();
    }

    /** On whose behalf the current thread works. */
    public static Principal current() {
        Principal current = CURRENT.get();
        return current == null ? KASSA : current;
    }

    /** The current thread works on this one's behalf until the answer is closed. */
    public static Scope as(Principal principal) {
        Principal before = CURRENT.get();
        CURRENT.set(principal);
        return () -> CURRENT.set(before);
    }

    /** The same for somebody who called without a credential, and turned out to be this actor. */
    public static Scope as(@Nullable MerchantId merchant, Actor actor) {
        return as(new Principal(merchant, actor, Set.of(), current().address));
    }

    /** Called by the filter that authenticates. */
    public static void attach(HttpServletRequest request, Principal principal) {
        request.setAttribute(ATTRIBUTE, principal);
    }

    /** Who sent this request, if it had a credential. */
    public static Optional<Principal> of(HttpServletRequest request) {
        return Optional.ofNullable((Principal) request.getAttribute(ATTRIBUTE));
    }
}

package dev.kassa.kernel;

import java.io.Serial;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request that cannot be served, told in words for the caller: what is wrong and what to do next.
 * Nothing has been changed when one is thrown.
 */
public final class Problem extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;

    /** Every kind of refusal; {@code http} maps each to its status. */
    public enum Kind {
        /** The body, a parameter or a path segment is not what the contract asks for. */
        INVALID,
        /** No credential, or one that is wrong, revoked or of the other mode. */
        UNAUTHORIZED,
        /** The thing is not in a state, or not of a kind, that ever allows this. */
        FORBIDDEN,
        /** Nothing by that id belongs to the caller. */
        NOT_FOUND,
        /** The thing is not in a state that allows this. */
        CONFLICT,
        /** The body is larger than the operation takes. */
        TOO_LARGE,
        /** The body did not arrive in time. */
        TOO_SLOW,
        /** The body's media type is not JSON. */
        UNSUPPORTED_MEDIA_TYPE,
        /** The idempotency key was used for another request. */
        KEY_REUSED,
        /** Too many tries; {@link Problem#retryAfter} says when to come back. */
        TOO_MANY,
        /**
         * The database does not answer, what is asked for is held by somebody else, or the server
         * has no room.
         */
        UNAVAILABLE
    }

    private static final String FAULTS = "The request has faults; nothing was changed.";

    private final Kind kind;
    private final LinkedHashMap<String, String> errors;
    private final Duration retryAfter;
    private final @Nullable String code;

    private Problem(Kind kind, String detail, Map<String, String> errors) {
        this(kind, detail, errors, Duration.ZERO, null);
    }

    private Problem(
            Kind kind,
            String detail,
            Map<String, String> errors,
            Duration retryAfter,
            @Nullable String code) {
        super(detail, null, false, false);
        this.kind = kind;
        this.errors = new LinkedHashMap<>(errors);
        this.retryAfter = retryAfter;
        this.code = code;
    }

    /**
     * Faults of the request, keyed by the wire's own path ({@code order_items[1].unit_price}). Each
     * is a predicate, such as {@code must be true or false}; the sentence is made when it is told.
     */
    public static Problem invalid(Map<String, String> errors) {
        return new Problem(Kind.INVALID, FAULTS, errors);
    }

    /** One fault of the request. */
    public static Problem invalid(String path, String fault) {
        return invalid(Map.of(path, fault));
    }

    /** One fault of the request, under the code that Order Management documents for it. */
    public static Problem invalid(String code, String path, String fault) {
        return new Problem(Kind.INVALID, FAULTS, Map.of(path, fault), Duration.ZERO, code);
    }

    /** A request that cannot be read at all, so no field can be named. */
    public static Problem unreadable(String detail) {
        return new Problem(Kind.INVALID, detail, Map.of());
    }

    /** No valid credential. */
    public static Problem unauthorized(String detail) {
        return new Problem(Kind.UNAUTHORIZED, detail, Map.of());
    }

    /** Not allowed, under the code that Order Management documents for it. */
    public static Problem forbidden(String code, String detail) {
        return new Problem(Kind.FORBIDDEN, detail, Map.of(), Duration.ZERO, code);
    }

    /** Unknown to this caller, under the code that Order Management documents for it. */
    public static Problem notFound(String code, String detail) {
        return new Problem(Kind.NOT_FOUND, detail, Map.of(), Duration.ZERO, code);
    }

    /** Unknown to this caller, whether or not another merchant has it. */
    public static Problem notFound(String detail) {
        return new Problem(Kind.NOT_FOUND, detail, Map.of());
    }

    /** The wrong state for this. */
    public static Problem conflict(String detail) {
        return new Problem(Kind.CONFLICT, detail, Map.of());
    }

    /** A body over the limit. */
    public static Problem tooLarge(String detail) {
        return new Problem(Kind.TOO_LARGE, detail, Map.of());
    }

    /** A body whose sender takes too long. */
    public static Problem tooSlow(String detail) {
        return new Problem(Kind.TOO_SLOW, detail, Map.of());
    }

    /** The server has no room for this right now, and nothing was done. */
    public static Problem overloaded(String detail, Duration retryAfter) {
        return new Problem(Kind.UNAVAILABLE, detail, Map.of(), retryAfter, null);
    }

    /** A body of another media type. */
    public static Problem unsupportedMediaType(String detail) {
        return new Problem(Kind.UNSUPPORTED_MEDIA_TYPE, detail, Map.of());
    }

    /** A key that stands for another request. */
    public static Problem keyReused(String detail) {
        return new Problem(Kind.KEY_REUSED, detail, Map.of());
    }

    /** Too many tries; the next may come after {@code retryAfter}. */
    public static Problem tooMany(String detail, Duration retryAfter) {
        return new Problem(Kind.TOO_MANY, detail, Map.of(), retryAfter, null);
    }

    /** The database does not answer right now, and nothing was done. */
    public static Problem unavailable() {
        return unavailable(
                "The database does not answer, and this was not done. Try again; with an idempotency"
                        + " key that is safe.");
    }

    /** The connection to the database broke at a moment at which the change may have been made. */
    public static Problem inDoubt() {
        return unavailable(
                "The connection to the database broke before it answered, so it is not known whether"
                        + " this was done. Repeat the request with the same idempotency key to find"
                        + " out; without one, look first.");
    }

    /** Something else holds what this needs, and goes on holding it. Nothing was done. */
    public static Problem busy(String what) {
        return unavailable(
                "Something else is working on "
                        + what
                        + " and does not finish. Nothing was done; try again in a moment.");
    }

    private static Problem unavailable(String detail) {
        return new Problem(Kind.UNAVAILABLE, detail, Map.of(), Duration.ofSeconds(1), null);
    }

    /** The code of Order Management's errors; null for the usual one of the kind. */
    public @Nullable String code() {
        return code;
    }

    /** When to come back; zero unless the kind is TOO_MANY or UNAVAILABLE. */
    public Duration retryAfter() {
        return retryAfter;
    }

    /** What kind of refusal this is. */
    public Kind kind() {
        return kind;
    }

    /** What is wrong and what to do, for the caller. */
    public String detail() {
        return String.valueOf(getMessage());
    }

    /** Predicates by wire path, in the order found; empty unless the kind is INVALID. */
    public Map<String, String> errors() {
        return errors;
    }
}

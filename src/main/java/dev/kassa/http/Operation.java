package dev.kassa.http;

import dev.kassa.kernel.Limits;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a handler method declares about its operation. Filters ask {@link Declared#of}, before the
 * handler runs and without a look at the path. A handler without it declares the defaults.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Operation {
    /** The largest body that it takes, in bytes. */
    int bodyBytes() default Limits.BODY_BYTES;

    /**
     * Whether it calls a payment provider: then it must not run inside a transaction, and commits
     * what it intends before it calls.
     */
    boolean callsProvider() default false;

    /** Whether its answer may take as long as the client stays: a stream, a long poll. */
    boolean longLived() default false;

    /** The same as values; of a request that no handler takes, the defaults. */
    record Declared(int bodyBytes, boolean callsProvider, boolean longLived) {
        static final Declared DEFAULTS = new Declared(Limits.BODY_BYTES, false, false);

        private static final String ATTRIBUTE = Declared.class.getName();

        static Declared of(Operation operation) {
            return new Declared(
                    operation.bodyBytes(), operation.callsProvider(), operation.longLived());
        }

        /** What the handler of this request declares. */
        public static Declared of(HttpServletRequest request) {
            return request.getAttribute(ATTRIBUTE) instanceof Declared declared
                    ? declared
                    : DEFAULTS;
        }

        void keep(HttpServletRequest request) {
            request.setAttribute(ATTRIBUTE, this);
        }
    }
}

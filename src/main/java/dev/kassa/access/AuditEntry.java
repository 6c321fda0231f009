package dev.kassa.access;

import dev.kassa.http.Json;
import dev.kassa.kernel.MerchantId;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * A line of the audit log that is about to be written.
 *
 * @param actor who, as {@link Actor#written}
 * @param subject the id of what was changed
 * @param before JSON of what is changed as it was, or null where it was not
 * @param after JSON of what it is from now on, without any secret
 * @param address where the actor was; null where that is this server
 * @param correlationId of the request, if there was one
 */
public record AuditEntry(
        @Nullable MerchantId merchant,
        String actor,
        AuditAction action,
        String subject,
        @Nullable String before,
        @Nullable String after,
        @Nullable String address,
        @Nullable String correlationId) {
    private static final String CORRELATION = "correlation-id";

    /** On behalf of the current principal. */
    public static AuditEntry of(@Nullable MerchantId merchant, AuditAction action, Object subject) {
        Principal principal = Principal.current();
        return new AuditEntry(
                merchant,
                principal.actor().written(),
                action,
                subject.toString(),
                null,
                null,
                principal.address(),
                MDC.get(CORRELATION));
    }

    /** The same with what it was. */
    public AuditEntry before(Object values) {
        return new AuditEntry(
                merchant, actor, action, subject, json(values), after, address, correlationId);
    }

    /** The same with what it is now. */
    public AuditEntry after(Object values) {
        return new AuditEntry(
                merchant, actor, action, subject, before, json(values), address, correlationId);
    }

    private static String json(Object values) {
        return Json.MAPPER.writeValueAsString(values);
    }
}

package dev.kassa.device;

import dev.kassa.kernel.EnrollmentId;
import java.time.Instant;
import java.util.Map;

/** A pairing code as the API shows it. */
public record Enrollment(
        EnrollmentId enrollmentId,
        String enrollmentCode,
        Instant expiresAt,
        Status status,
        Map<String, String> metadata) {
    /** In the wire's words. */
    public enum Status {
        PENDING,
        CONSUMED,
        EXPIRED,
        CANCELLED
    }
}

package dev.kassa.device;

import dev.kassa.database.Sql;
import dev.kassa.http.Json;
import dev.kassa.kernel.LocationId;
import dev.kassa.kernel.MerchantId;
import java.time.Instant;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The table enrollment. */
@Component
final class EnrollmentTable {
    private final JdbcClient jdbc;

    EnrollmentTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void insert(MerchantId merchant, LocationId location, Enrollment enrollment, Instant now) {
        var _ =
                jdbc.sql(
                                """
                                insert into enrollment (merchant_id, enrollment_id, location_id, code,
                                    status, metadata, created_at, expires_at)
                                values (:merchant_id, :enrollment_id, :location_id, :code,
                                    :status, :metadata::jsonb, :now, :expires_at)
                                """)
                        .param("merchant_id", merchant.value())
                        .param("enrollment_id", enrollment.enrollmentId().value())
                        .param("location_id", location.value())
                        .param("code", enrollment.enrollmentCode())
                        .param("status", enrollment.status().name())
                        .param("metadata", Json.write(enrollment.metadata()))
                        .param("now", Sql.at(now))
                        .param("expires_at", Sql.at(enrollment.expiresAt()))
                        .update();
    }
}

package dev.kassa.device;

import dev.kassa.access.AuditAction;
import dev.kassa.access.AuditEntry;
import dev.kassa.access.AuditLog;
import dev.kassa.database.Sql;
import dev.kassa.http.Json;
import dev.kassa.kernel.EnrollmentId;
import dev.kassa.kernel.LocationId;
import dev.kassa.kernel.MerchantId;
import dev.kassa.paging.Listing;
import dev.kassa.paging.Page;
import dev.kassa.paging.Paging;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The table enrollment. */
@Component
final class EnrollmentTable {
    private static final String MATCHING =
            """
            from enrollment
            where merchant_id = :merchant_id and status <> 'CANCELLED'
                and (:location_id::uuid is null or location_id = :location_id::uuid)
                and metadata @> :metadata::jsonb and (:include_consumed or status <> 'CONSUMED')
            """;

    private static final Listing LISTING =
            new Listing(
                    """
                    enrollment_id, code, expires_at, metadata,
                        case when status = 'PENDING' and expires_at <= :now
                            then 'EXPIRED' else status end as status
                    """,
                    MATCHING,
                    "enrollment_id");

    private final JdbcClient jdbc;

    EnrollmentTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** False when the code is in use. */
    boolean insert(MerchantId merchant, LocationId location, Enrollment enrollment, Instant now) {
        return AuditLog.audited(
                                jdbc,
                                """
                                insert into enrollment (merchant_id, enrollment_id, location_id, code,
                                    status, metadata, created_at, expires_at)
                                values (:merchant_id, :enrollment_id, :location_id, :code,
                                    :status, :metadata::jsonb, :now, :expires_at)
                                on conflict (code) where status = 'PENDING' do nothing
                                """,
                                AuditEntry.of(
                                                merchant,
                                                AuditAction.ENROLLMENT_CREATED,
                                                enrollment.enrollmentId())
                                        .after(Map.of("location_id", location)))
                        .param("merchant_id", merchant.value())
                        .param("enrollment_id", enrollment.enrollmentId().value())
                        .param("location_id", location.value())
                        .param("code", enrollment.enrollmentCode())
                        .param("status", enrollment.status().name())
                        .param("metadata", Json.write(enrollment.metadata()))
                        .param("now", Sql.at(now))
                        .param("expires_at", Sql.at(enrollment.expiresAt()))
                        .query(Integer.class)
                        .single()
                == 1;
    }

    Page<Enrollment> list(
            MerchantId merchant, Enrollments.Filter filter, Paging paging, Instant now) {
        LocationId location = filter.location();
        return LISTING.read(
                jdbc,
                statement ->
                        statement
                                .param("merchant_id", merchant.value())
                                .param("location_id", location == null ? null : location.value())
                                .param("metadata", Json.write(filter.metadata()))
                                .param("include_consumed", filter.includeConsumed())
                                .param("now", Sql.at(now)),
                paging,
                EnrollmentTable::enrollment);
    }

    boolean withdraw(MerchantId merchant, EnrollmentId enrollment) {
        return AuditLog.audited(
                                jdbc,
                                """
                                update enrollment set status = 'CANCELLED'
                                where merchant_id = :merchant_id and enrollment_id = :enrollment_id
                                    and status <> 'CANCELLED'
                                """,
                                AuditEntry.of(
                                        merchant, AuditAction.ENROLLMENT_CANCELLED, enrollment))
                        .param("merchant_id", merchant.value())
                        .param("enrollment_id", enrollment.value())
                        .query(Integer.class)
                        .single()
                == 1;
    }

    private static Enrollment enrollment(ResultSet row, int n) throws SQLException {
        return new Enrollment(
                new EnrollmentId(Sql.uuid(row, "enrollment_id")),
                Sql.text(row, "code"),
                Sql.instant(row, "expires_at"),
                Enrollment.Status.valueOf(Sql.text(row, "status")),
                Json.texts(Sql.text(row, "metadata")));
    }
}

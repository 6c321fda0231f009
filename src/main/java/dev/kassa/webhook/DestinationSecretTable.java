package dev.kassa.webhook;

import dev.kassa.access.AuditAction;
import dev.kassa.access.AuditEntry;
import dev.kassa.access.AuditLog;
import dev.kassa.database.Sql;
import dev.kassa.kernel.DestinationId;
import dev.kassa.kernel.MerchantId;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Component;

/** The secrets of the table destination, as their merchant changes and sees them. */
@Component
final class DestinationSecretTable {
    private final JdbcClient jdbc;

    DestinationSecretTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    private StatementSpec audited(
            String sql,
            AuditAction action,
            MerchantId merchant,
            DestinationId destination,
            Instant now) {
        return AuditLog.on(
                jdbc.sql(sql)
                        .param("merchant_id", merchant.value())
                        .param("destination_id", destination.value())
                        .param("now", Sql.at(now)),
                AuditEntry.of(merchant, action, destination));
    }

    /** A new secret; the one before signs too until {@code previousUntil}. */
    boolean rotate(
            MerchantId merchant,
            DestinationId destination,
            String sealedSecret,
            @Nullable Instant previousUntil,
            Instant now) {
        return audited(
                                """
                                with changed as (
                                    update destination set
                                    previous_secret = case when :previous_until::timestamptz is null
                                        then null else secret end,
                                    previous_secret_until = :previous_until::timestamptz,
                                    secret = :secret, secret_revealed_at = null, updated_at = :now
                                """
                                        + DestinationTable.ONE
                                        + "returning destination_id), "
                                        + AuditLog.when("changed")
                                        + DestinationTable.CHANGED,
                                AuditAction.DESTINATION_SECRET_ROTATED,
                                merchant,
                                destination,
                                now)
                        .param("secret", sealedSecret)
                        .param("previous_until", Sql.atOrNull(previousUntil))
                        .update()
                == 1;
    }

    /** The sealed secret, the first time it is asked for. */
    Optional<String> revealOnce(MerchantId merchant, DestinationId destination, Instant now) {
        return audited(
                        "with changed as (update destination set secret_revealed_at = :now"
                                + DestinationTable.ONE
                                + "and secret_revealed_at is null returning secret), "
                                + AuditLog.when("changed")
                                + "select secret from changed",
                        AuditAction.DESTINATION_SECRET_SHOWN,
                        merchant,
                        destination,
                        now)
                .query(String.class)
                .optional();
    }
}

package dev.kassa.webhook;

import dev.kassa.database.SealedSecrets;
import dev.kassa.database.Sql;
import dev.kassa.kernel.DestinationId;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Vault;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Seals destinations' secrets anew. A row that is changed meanwhile is left as it is then: it was
 * sealed under the newest key by whoever changed it, or the next run finds it. No lane is told,
 * since what it remembers goes on to open.
 */
@Component
final class SecretSealing implements SealedSecrets {
    private static final Logger LOG = LoggerFactory.getLogger(SecretSealing.class);
    private static final int BATCH = 100;
    private static final UUID FIRST = new UUID(0, 0);

    private final JdbcClient jdbc;
    private final Vault vault;
    private final InstantSource clock;

    SecretSealing(JdbcClient jdbc, Vault vault, InstantSource clock) {
        this.jdbc = jdbc;
        this.vault = vault;
        this.clock = clock;
    }

    private record Row(
            MerchantId merchant,
            DestinationId destination,
            String secret,
            @Nullable String previous,
            @Nullable Instant previousUntil) {
        /** Without the secrets. */
        @Override
        public String toString() {
            return "Row[" + destination + "]";
        }
    }

    @Override
    public Result sealOfAnyMerchant() {
        int sealed = 0;
        int unreadable = 0;
        List<Row> batch = next(FIRST);
        while (!batch.isEmpty()) {
            for (Row row : batch) {
                try {
                    sealed += seal(row);
                } catch (IllegalStateException e) {
                    LOG.warn("The secret of destination {} cannot be read", row.destination());
                    unreadable++;
                }
            }
            batch = next(batch.getLast().destination().value());
        }
        return new Result(sealed, unreadable);
    }

    private List<Row> next(UUID after) {
        return jdbc.sql(
                        """
                        select merchant_id, destination_id, secret, previous_secret,
                            previous_secret_until
                        from destination
                        where destination_id > :after and (not starts_with(secret, :newest)
                            or not starts_with(previous_secret, :newest))
                        order by destination_id limit :batch
                        """)
                .param("after", after)
                .param("newest", vault.newestPrefix())
                .param("batch", BATCH)
                .query(SecretSealing::row)
                .list();
    }

    private static Row row(ResultSet row, int n) throws SQLException {
        return new Row(
                new MerchantId(Sql.text(row, "merchant_id")),
                new DestinationId(Sql.uuid(row, "destination_id")),
                Sql.text(row, "secret"),
                Sql.textOrNull(row, "previous_secret"),
                Sql.instantOrNull(row, "previous_secret_until"));
    }

    private int seal(Row row) {
        return jdbc.sql(
                        """
                        update destination set secret = :sealed, previous_secret = :sealed_previous
                        where merchant_id = :merchant_id and destination_id = :destination_id
                            and secret = :secret
                            and previous_secret is not distinct from :previous::text
                        """)
                .param("sealed", anew(row, row.secret()))
                .param("sealed_previous", previous(row))
                .param("merchant_id", row.merchant().value())
                .param("destination_id", row.destination().value())
                .param("secret", row.secret())
                .param("previous", row.previous())
                .update();
    }

    /** None once it signs no more. */
    private @Nullable String previous(Row row) {
        return row.previous() == null
                        || row.previousUntil() == null
                        || row.previousUntil().isBefore(clock.instant())
                ? null
                : anew(row, row.previous());
    }

    private String anew(Row row, String sealed) {
        Vault.Row of = DestinationTable.row(row.merchant(), row.destination());
        return vault.seal(of, vault.open(of, sealed));
    }
}

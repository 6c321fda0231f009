package dev.kassa.webhook;

import dev.kassa.database.Sql;
import dev.kassa.kernel.DestinationId;
import dev.kassa.kernel.MerchantId;
import java.time.Instant;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The table destination. */
@Component
final class DestinationTable {
    private final JdbcClient jdbc;

    DestinationTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    record Row(DestinationId id, String url, String sealedSecret) {}

    Optional<Row> findByName(MerchantId merchant, String name) {
        return jdbc.sql(
                        """
                        select destination_id, url, secret from destination
                        where merchant_id = :merchant_id and name = :name
                        """)
                .param("merchant_id", merchant.value())
                .param("name", name)
                .query((row, n) ->
                        new Row(
                                new DestinationId(Sql.uuid(row, "destination_id")),
                                Sql.text(row, "url"),
                                Sql.text(row, "secret")))
                .optional();
    }

    void insert(MerchantId merchant, String name, Row destination, Instant now) {
        var _ =
                jdbc.sql(
                                """
                                insert into destination (merchant_id, destination_id, name, url, secret,
                                    enabled, created_at, updated_at)
                                values (:merchant_id, :destination_id, :name, :url, :secret,
                                    true, :now, :now)
                                """)
                        .param("merchant_id", merchant.value())
                        .param("destination_id", destination.id().value())
                        .param("name", name)
                        .param("url", destination.url())
                        .param("secret", destination.sealedSecret())
                        .param("now", Sql.at(now))
                        .update();
    }

    void point(MerchantId merchant, Row destination, Instant now) {
        var _ =
                jdbc.sql(
                                """
                                update destination set url = :url, secret = :secret, enabled = true,
                                    updated_at = :now
                                where merchant_id = :merchant_id and destination_id = :destination_id
                                """)
                        .param("merchant_id", merchant.value())
                        .param("destination_id", destination.id().value())
                        .param("url", destination.url())
                        .param("secret", destination.sealedSecret())
                        .param("now", Sql.at(now))
                        .update();
    }

    void disable(MerchantId merchant, String name, Instant now) {
        var _ =
                jdbc.sql(
                                """
                                update destination set enabled = false, updated_at = :now
                                where merchant_id = :merchant_id and name = :name
                                """)
                        .param("merchant_id", merchant.value())
                        .param("name", name)
                        .param("now", Sql.at(now))
                        .update();
    }
}

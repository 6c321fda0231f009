package dev.kassa.http;

import dev.kassa.database.Sql;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Vault;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The table idempotency. */
@Component
final class IdempotencyTable {
    private final JdbcClient jdbc;
    private final Vault vault;

    IdempotencyTable(JdbcClient jdbc, Vault vault) {
        this.jdbc = jdbc;
        this.vault = vault;
    }

    /** A key that is taken; {@code answer} is null while its request is under way. */
    record Taken(String requestHash, @Nullable Kept answer) {}

    /** An answer to be given again. */
    record Kept(int status, Map<String, String> headers, String body) {}

    /** Whether nobody else works under this key until the transaction ends. */
    boolean lock(MerchantId merchant, String key) {
        return jdbc.sql(
                        """
                        select pg_try_advisory_xact_lock(hashtextextended(:merchant_id || ' ' || :key, 0))
                        """)
                .param("merchant_id", merchant.value())
                .param("key", key)
                .query(Boolean.class)
                .single();
    }

    /**
     * Takes the key. One that was taken before {@code forgotten} is free again, and so is one whose
     * request began before {@code abandoned} and never ended.
     */
    boolean take(MerchantId merchant, String key, String requestHash, Instant now, Leases leases) {
        return jdbc.sql(
                                """
                                insert into idempotency (merchant_id, key, request_hash, started_at)
                                values (:merchant_id, :key, :request_hash, :now)
                                on conflict (merchant_id, key) do update set
                                    request_hash = excluded.request_hash, status = null, body = null,
                                    headers = null, started_at = excluded.started_at
                                where idempotency.started_at <= :forgotten
                                    or (idempotency.status is null
                                        and idempotency.started_at <= :abandoned
                                        and idempotency.request_hash = excluded.request_hash)
                                """)
                        .param("merchant_id", merchant.value())
                        .param("key", key)
                        .param("request_hash", requestHash)
                        .param("now", Sql.at(now))
                        .param("forgotten", Sql.at(now.minus(leases.kept())))
                        .param("abandoned", Sql.at(now.minus(leases.underWay())))
                        .update()
                == 1;
    }

    /** How long an answer is kept, and how long a request may be under way. */
    record Leases(Duration kept, Duration underWay) {}

    Optional<Taken> find(MerchantId merchant, String key) {
        return jdbc.sql(
                        """
                        select request_hash, status, headers, body from idempotency
                        where merchant_id = :merchant_id and key = :key
                        """)
                .param("merchant_id", merchant.value())
                .param("key", key)
                .query((row, n) -> {
                    Integer status = row.getObject("status", Integer.class);
                    String headers = Sql.textOrNull(row, "headers");
                    String body = Sql.textOrNull(row, "body");
                    return new Taken(
                            Sql.text(row, "request_hash"),
                            status == null
                                    ? null
                                    : new Kept(
                                            status,
                                            headers == null ? Map.of() : Json.texts(headers),
                                            body == null ? "" : vault.open(body)));
                })
                .optional();
    }

    void keep(MerchantId merchant, String key, Kept answer) {
        var _ =
                jdbc.sql(
                                """
                                update idempotency
                                set status = :status, headers = :headers::jsonb, body = :body
                                where merchant_id = :merchant_id and key = :key
                                """)
                        .param("merchant_id", merchant.value())
                        .param("key", key)
                        .param("status", answer.status())
                        .param("headers", Json.write(answer.headers()))
                        .param("body", vault.seal(answer.body()))
                        .update();
    }

    void free(MerchantId merchant, String key) {
        var _ =
                jdbc.sql(
                                """
                                delete from idempotency
                                where merchant_id = :merchant_id and key = :key and status is null
                                """)
                        .param("merchant_id", merchant.value())
                        .param("key", key)
                        .update();
    }

    int forgetOfAnyMerchant(Instant before, int limit) {
        return jdbc.sql(
                        """
                        delete from idempotency where ctid = any(array(
                            select ctid from idempotency where started_at <= :before limit :limit))
                        """)
                .param("before", Sql.at(before))
                .param("limit", limit)
                .update();
    }
}

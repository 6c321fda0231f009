package dev.kassa.idempotency;

import dev.kassa.database.Nodes;
import dev.kassa.database.Sql;
import dev.kassa.http.Json;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Vault;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
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

    /** Whose a key is. */
    record Key(MerchantId merchant, String value) {}

    /**
     * A key that is taken.
     *
     * @param owner the server that works on the request, if it works in several steps
     * @param answer null while the request is under way
     */
    record ClaimedKey(
            String requestHash,
            Instant startedAt,
            @Nullable UUID owner,
            @Nullable StoredAnswer answer) {}

    /**
     * An answer to be given again.
     *
     * @param provisional it may have changed since
     */
    record StoredAnswer(int status, Map<String, String> headers, String body, boolean provisional) {
        /** Without the body, which may be a new token. */
        @Override
        public String toString() {
            return "Kept[" + status + "]";
        }
    }

    /** How long an answer is kept, a request may be under way, and a server may be silent. */
    record Leases(Duration retention, Duration underWay, Duration silence) {}

    /** Whether nobody else works under this key until the transaction ends. */
    boolean lock(Key key) {
        return jdbc.sql(
                        """
                        select pg_try_advisory_xact_lock(hashtextextended(:merchant_id || ' ' || :key, 0))
                        """)
                .param("merchant_id", key.merchant().value())
                .param("key", key.value())
                .query(Boolean.class)
                .single();
    }

    /**
     * Takes the key. One that was taken before {@code kept} is free again. So is one whose request
     * never ended: it began too long ago, or its server is dead.
     */
    boolean take(Key key, String requestHash, UUID owner, Instant now, Leases leases) {
        return jdbc.sql(
                                """
                                insert into idempotency (merchant_id, key, request_hash, owner,
                                    started_at)
                                values (:merchant_id, :key, :request_hash, :owner, :now)
                                on conflict (merchant_id, key) do update set
                                    request_hash = excluded.request_hash, status = null, body = null,
                                    headers = null, provisional = false, owner = excluded.owner,
                                    started_at = excluded.started_at
                                where idempotency.started_at <= :forgotten
                                    or (idempotency.status is null
                                        and idempotency.request_hash = excluded.request_hash
                                        and (idempotency.started_at <= :abandoned or not
                                """
                                        + Nodes.isAlive("idempotency.owner", ":silence")
                                        + "))")
                        .param("merchant_id", key.merchant().value())
                        .param("key", key.value())
                        .param("request_hash", requestHash)
                        .param("owner", owner)
                        .param("now", Sql.at(now))
                        .param("forgotten", Sql.at(now.minus(leases.retention())))
                        .param("abandoned", Sql.at(now.minus(leases.underWay())))
                        .param("silence", leases.silence().toString())
                        .update()
                == 1;
    }

    private static Vault.Row row(Key key) {
        return new Vault.Row("idempotency", key.merchant().value(), key.value());
    }

    Optional<ClaimedKey> find(Key key) {
        return jdbc.sql(
                        """
                        select request_hash, started_at, owner, status, headers, body, provisional
                        from idempotency
                        where merchant_id = :merchant_id and key = :key
                        """)
                .param("merchant_id", key.merchant().value())
                .param("key", key.value())
                .query((row, n) -> {
                    Integer status = row.getObject("status", Integer.class);
                    String headers = Sql.textOrNull(row, "headers");
                    String body = Sql.textOrNull(row, "body");
                    return new ClaimedKey(
                            Sql.text(row, "request_hash"),
                            Sql.instant(row, "started_at"),
                            Sql.uuidOrNull(row, "owner"),
                            status == null
                                    ? null
                                    : new StoredAnswer(
                                            status,
                                            headers == null ? Map.of() : Json.texts(headers),
                                            body == null ? "" : vault.open(row(key), body),
                                            row.getBoolean("provisional")));
                })
                .optional();
    }

    /**
     * Commits a change that says nothing, and with it everything before it: on a server with a
     * synchronous standby, an answer that is repeated after this is safe on both.
     */
    void confirm() {
        var _ =
                jdbc.sql("select pg_logical_emit_message(true, 'kassa', '')")
                        .query((row, n) -> n)
                        .list();
    }

    /** Keeps the answer of the request that took the key then; not of one that took it since. */
    void keep(Key key, Instant startedAt, StoredAnswer answer) {
        var _ =
                jdbc.sql(
                                """
                                update idempotency
                                set status = :status, headers = :headers::jsonb, body = :body,
                                    provisional = :provisional
                                where merchant_id = :merchant_id and key = :key
                                    and started_at = :started_at
                                """)
                        .param("merchant_id", key.merchant().value())
                        .param("key", key.value())
                        .param("started_at", Sql.at(startedAt))
                        .param("status", answer.status())
                        .param("headers", Json.write(answer.headers()))
                        .param("body", vault.seal(row(key), answer.body()))
                        .param("provisional", answer.provisional())
                        .update();
    }

    /** Frees the key of the request that took it then; not of one that took it since. */
    void free(Key key, Instant startedAt) {
        var _ =
                jdbc.sql(
                                """
                                delete from idempotency
                                where merchant_id = :merchant_id and key = :key and status is null
                                    and started_at = :started_at
                                """)
                        .param("merchant_id", key.merchant().value())
                        .param("key", key.value())
                        .param("started_at", Sql.at(startedAt))
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

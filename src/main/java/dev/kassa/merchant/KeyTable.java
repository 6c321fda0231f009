package dev.kassa.merchant;

import dev.kassa.access.AuditAction;
import dev.kassa.access.AuditEntry;
import dev.kassa.access.AuditLog;
import dev.kassa.access.Permission;
import dev.kassa.access.Role;
import dev.kassa.database.Sql;
import dev.kassa.database.SqlRows;
import dev.kassa.database.SqlStatement;
import dev.kassa.kernel.MerchantId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The table api_key. */
@Component
final class KeyTable {
    private static final SqlRows<KeyUses.Use> USES =
            SqlRows.<KeyUses.Use>named("used")
                    .column("merchant_id", "text", KeyUses.Use::merchant)
                    .column("username", "text", KeyUses.Use::username)
                    .column("last_used_at", "timestamptz", KeyUses.Use::at)
                    .column("last_used_address", "text", KeyUses.Use::address);

    /** In one order on every node, so that two never wait for each other. */
    private static final SqlStatement USED =
            SqlStatement.of(
                    """
                    with locked as (
                        select key_hash, used.last_used_at, used.last_used_address
                        from api_key join %s using (merchant_id, username)
                        order by key_hash
                        for no key update of api_key
                    ),
                    changed as (
                        update api_key set last_used_at = locked.last_used_at,
                            last_used_address = locked.last_used_address
                        from locked
                        where api_key.key_hash = locked.key_hash
                            and coalesce(api_key.last_used_at, '-infinity') < locked.last_used_at
                        returning 1
                    )
                    """
                            .formatted(USES.table()),
                    List.of(),
                    "select count(*) from changed");

    private final JdbcClient jdbc;

    KeyTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** A key that is not revoked, of a merchant that is not disabled. */
    record Row(
            Merchant merchant,
            String username,
            Set<Permission> permissions,
            @Nullable Instant expiresAt) {}

    void insert(MerchantId merchant, String keyHash, String username, KeyTerms terms, Instant now) {
        Map<String, @Nullable Object> after = new HashMap<>();
        after.put("name", terms.name());
        after.put("permissions", terms.permissions() == null ? "all" : wire(terms.permissions()));
        after.put("expires_at", terms.expiresAt());
        var _ =
                AuditLog.audited(
                                jdbc,
                                """
                                insert into api_key (key_hash, merchant_id, username, name,
                                    permissions, expires_at, created_at)
                                values (:key_hash, :merchant_id, :username, :name,
                                    :permissions::text[], :expires_at::timestamptz, :now)
                                """,
                                AuditEntry.of(merchant, AuditAction.KEY_CREATED, username)
                                        .after(after))
                        .param("merchant_id", merchant.value())
                        .param("key_hash", keyHash)
                        .param("username", username)
                        .param("name", terms.name())
                        .param(
                                "permissions",
                                terms.permissions() == null
                                        ? null
                                        : Sql.array(wire(terms.permissions())))
                        .param("expires_at", Sql.atOrNull(terms.expiresAt()))
                        .param("now", Sql.at(now))
                        .query(Integer.class)
                        .single();
    }

    boolean revoke(MerchantId merchant, String username, Instant now) {
        return AuditLog.audited(
                                jdbc,
                                """
                                update api_key set revoked_at = :now
                                where merchant_id = :merchant_id and username = :username
                                    and revoked_at is null
                                """,
                                AuditEntry.of(merchant, AuditAction.KEY_REVOKED, username))
                        .param("merchant_id", merchant.value())
                        .param("username", username)
                        .param("now", Sql.at(now))
                        .query(Integer.class)
                        .single()
                == 1;
    }

    /** Writes when and from where keys of any merchants were used last. */
    void usedOfAnyMerchant(Collection<KeyUses.Use> uses) {
        var _ =
                USED.bind(jdbc, parameters -> USES.bind(parameters, uses))
                        .query(Integer.class)
                        .single();
    }

    Optional<Row> findOfAnyMerchant(String keyHash) {
        return jdbc.sql(
                        """
                        select m.merchant_id, m.name, m.session_ttl_seconds, m.manual_capture,
                            m.currencies,
                            k.username, k.permissions, k.expires_at
                        from api_key k join merchant m using (merchant_id)
                        where k.key_hash = :key_hash and k.revoked_at is null
                            and m.disabled_at is null
                        """)
                .param("key_hash", keyHash)
                .query((row, n) ->
                        new Row(
                                MerchantTable.selling(row, n),
                                Sql.text(row, "username"),
                                permissions(row),
                                Sql.instantOrNull(row, "expires_at")))
                .optional();
    }

    List<KeyDetails> list(MerchantId merchant) {
        return jdbc.sql(
                        """
                        select * from api_key where merchant_id = :merchant_id
                        order by created_at, username
                        """)
                .param("merchant_id", merchant.value())
                .query(KeyTable::details)
                .list();
    }

    List<KeyDetails> newest(MerchantId merchant, @Nullable String before, int limit) {
        return jdbc.sql(
                        """
                        select * from api_key where merchant_id = :merchant_id
                            and (:before::text is null or (created_at, username) <
                                (select created_at, username from api_key
                                where merchant_id = :merchant_id and username = :before))
                        order by created_at desc, username desc limit :limit
                        """)
                .param("merchant_id", merchant.value())
                .param("before", before)
                .param("limit", limit)
                .query(KeyTable::details)
                .list();
    }

    Optional<KeyDetails> find(MerchantId merchant, String username) {
        return jdbc.sql(
                        """
                        select * from api_key
                        where merchant_id = :merchant_id and username = :username
                        """)
                .param("merchant_id", merchant.value())
                .param("username", username)
                .query(KeyTable::details)
                .optional();
    }

    private static KeyDetails details(ResultSet row, int n) throws SQLException {
        return new KeyDetails(
                Sql.text(row, "username"),
                Sql.textOrNull(row, "name"),
                words(row),
                Sql.instant(row, "created_at"),
                Sql.instantOrNull(row, "expires_at"),
                Sql.instantOrNull(row, "revoked_at"),
                Sql.instantOrNull(row, "last_used_at"),
                Sql.textOrNull(row, "last_used_address"));
    }

    private static List<String> wire(Set<Permission> permissions) {
        return permissions.stream().map(Permission::wire).sorted().toList();
    }

    private static @Nullable List<String> words(ResultSet row) throws SQLException {
        java.sql.Array words = row.getArray("permissions");
        return words == null ? null : Arrays.asList((String[]) words.getArray());
    }

    /** One that a later version knew and this one does not, allows nothing. */
    private static Set<Permission> permissions(ResultSet row) throws SQLException {
        List<String> words = words(row);
        return words == null
                ? Role.FULL_KEY
                : words.stream()
                        .flatMap(word -> Permission.of(word).stream())
                        .collect(Collectors.toUnmodifiableSet());
    }
}

package dev.kassa.merchant;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.kassa.database.Sql;
import dev.kassa.http.BasicCredentials;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Mode;
import dev.kassa.kernel.Secrets;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.springframework.stereotype.Service;

/** Issues API keys and tells whose a key is. */
@Service
public final class ApiKeys {
    private static final String USERNAME_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789";

    /** How long a key is taken on memory alone; a revoked one is refused within a second. */
    private static final Duration REMEMBERED = Duration.ofMillis(800);

    private final MerchantTable table;
    private final Mode mode;
    private final InstantSource clock;
    private final Cache<String, MerchantTable.KeyRow> seen =
            Caffeine.newBuilder().maximumSize(10_000).expireAfterWrite(REMEMBERED).build();

    ApiKeys(MerchantTable table, Mode mode, InstantSource clock) {
        this.table = table;
        this.mode = mode;
        this.clock = clock;
    }

    /** A new key. It is shown here and never again. */
    public ApiKey issue(MerchantId merchant) {
        String username = merchant + "-" + Secrets.characters(6, USERNAME_ALPHABET);
        String key = mode.apiKeyPrefix() + Secrets.text(32);
        table.insertKey(merchant, Secrets.hash(key), username, Sql.now(clock));
        return new ApiKey(username, key);
    }

    /**
     * Ends a key: refused from now on here, and within a second on every other node. Answers
     * whether the merchant had it.
     */
    public boolean revoke(MerchantId merchant, String username) {
        boolean revoked = table.revokeKey(merchant, username, Sql.now(clock));
        seen.asMap().values().removeIf(row -> row.username().equals(username));
        return revoked;
    }

    /** Looks the merchant's keys up anew, since what they select has changed. */
    void forget(MerchantId merchant) {
        seen.asMap().values().removeIf(row -> row.merchant().id().equals(merchant));
    }

    /**
     * The merchant these credentials select; empty when the key is unknown, revoked or of the other
     * mode, or when a username is given and is not the key's own.
     */
    public Optional<Merchant> authenticate(BasicCredentials credentials) {
        if (!credentials.key().startsWith(mode.apiKeyPrefix())) {
            return Optional.empty();
        }
        // Looked up by hash: how long a comparison takes says nothing about the key.
        String hash = Secrets.hash(credentials.key());
        MerchantTable.KeyRow row = seen.getIfPresent(hash);
        if (row == null) {
            row = table.keyOfAnyMerchant(hash).orElse(null);
            if (row == null) {
                return Optional.empty();
            }
            seen.put(hash, row);
        }
        boolean usernameFits =
                credentials.username().isEmpty()
                        || MessageDigest.isEqual(
                                credentials.username().getBytes(StandardCharsets.UTF_8),
                                row.username().getBytes(StandardCharsets.UTF_8));
        return usernameFits ? Optional.of(row.merchant()) : Optional.empty();
    }
}

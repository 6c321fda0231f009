package dev.kassa.merchant;

import dev.kassa.access.Permission;
import dev.kassa.database.AfterCommit;
import dev.kassa.database.Sql;
import dev.kassa.http.AuthenticationThrottle;
import dev.kassa.http.BasicCredentials;
import dev.kassa.http.CredentialLookup;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Mode;
import dev.kassa.kernel.Problem;
import dev.kassa.kernel.Secrets;
import dev.kassa.kernel.Tokens;
import dev.kassa.kernel.Vault;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** Issues API keys and tells whose a key is. */
@Service
public final class ApiKeys {
    private static final String USERNAME_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789";

    private static final int REMEMBERED = 10_000;

    private final KeyTable table;
    private final KeyUses uses;
    private final Mode mode;
    private final Tokens tokens;
    private final InstantSource clock;
    private final CredentialLookup<KeyTable.Row> keys;

    ApiKeys(
            KeyTable table,
            KeyUses uses,
            Mode mode,
            Vault vault,
            AuthenticationThrottle throttle,
            InstantSource clock) {
        this.table = table;
        this.uses = uses;
        this.mode = mode;
        this.tokens = new Tokens(vault);
        this.clock = clock;
        keys = new CredentialLookup<>(REMEMBERED, throttle, table::findOfAnyMerchant);
    }

    /** Whose a key is, and what it may do. */
    public record Authenticated(Merchant merchant, String username, Set<Permission> permissions) {}

    /** A new key that may do all that the API has. It is shown here and never again. */
    public ApiKey issue(MerchantId merchant) {
        return issue(merchant, KeyTerms.FULL);
    }

    /** A new key. It is shown here and never again. */
    public ApiKey issue(MerchantId merchant, KeyTerms terms) {
        String username = merchant + "-" + Secrets.characters(6, USERNAME_ALPHABET);
        String key = tokens.next(mode.apiKeyPrefix());
        table.insert(merchant, Secrets.hash(key), username, terms, Sql.now(clock));
        return new ApiKey(username, key);
    }

    /**
     * A new key made by a person, who gives it nothing that they may not do themselves. It is shown
     * here and never again.
     *
     * @throws Problem INVALID when it would have more
     */
    public ApiKey issue(PortalUser by, KeyTerms terms) {
        if (!by.role().permissions().containsAll(terms.all())) {
            throw Problem.invalid("permissions", "must be ones that your own role has");
        }
        return issue(by.merchant(), terms);
    }

    /**
     * Some of the merchant's keys, also those that have ended, the newest first.
     *
     * @param before the user name of the last key of the page before; null for the newest
     */
    public List<KeyDetails> newest(MerchantId merchant, @Nullable String before, int limit) {
        return table.newest(merchant, before, limit);
    }

    /** One of the merchant's keys. */
    public Optional<KeyDetails> find(MerchantId merchant, String username) {
        return table.find(merchant, username);
    }

    /** The merchant's keys, also those that have ended, the oldest first. */
    public List<KeyDetails> list(MerchantId merchant) {
        return table.list(merchant);
    }

    /**
     * Ends a key: refused from now on here, and within a second on every other node. Answers
     * whether the merchant had it.
     */
    public boolean revoke(MerchantId merchant, String username) {
        boolean revoked = table.revoke(merchant, username, Sql.now(clock));
        forget();
        return revoked;
    }

    /** A key selects another merchant than before: keys are looked up afresh. */
    void forget() {
        AfterCommit.run(keys::forget);
    }

    /**
     * The merchant these credentials select, and what they may do for it.
     *
     * @param address of whoever sends them
     * @throws Problem TOO_MANY when too many wrong ones come from there; UNAUTHORIZED when the key
     *     is unknown, revoked or of the other mode, or when a username is given and is not the
     *     key's own. Which it is is told as far as the caller's own words say it, or the caller
     *     knows the key.
     */
    public Authenticated authenticate(BasicCredentials credentials, String address) {
        if (!credentials.key().startsWith(mode.apiKeyPrefix())) {
            throw BasicCredentials.denied(noKeyOfThisMode(credentials));
        }
        // Looked up by hash: how long a comparison takes says nothing about the key.
        String key = credentials.key();
        KeyTable.Row row =
                keys.find(Secrets.hash(key), tokens.isOurs(key), address)
                        .orElseThrow(() ->
                                BasicCredentials.denied(
                                        hasBlanks(key)
                                                ? "there is a blank or a line break in the API key"
                                                : "this API key is not known here, or it was"
                                                        + " revoked"));
        boolean usernameFits =
                credentials.username().isEmpty()
                        || MessageDigest.isEqual(
                                credentials.username().getBytes(StandardCharsets.UTF_8),
                                row.username().getBytes(StandardCharsets.UTF_8));
        if (!usernameFits) {
            throw BasicCredentials.denied(
                    "the API key is right, but it belongs to another user name. Leave the user name"
                            + " empty, or use the one that was shown with the key");
        }
        if (row.expiresAt() != null && !row.expiresAt().isAfter(clock.instant())) {
            throw BasicCredentials.denied(
                    "this API key ended at " + row.expiresAt() + "; have a new one made");
        }
        uses.used(row.merchant().id(), row.username(), address);
        return new Authenticated(row.merchant(), row.username(), row.permissions());
    }

    private String noKeyOfThisMode(BasicCredentials credentials) {
        if (credentials.key().startsWith(mode.other().apiKeyPrefix())) {
            return mode == Mode.PLAYGROUND
                    ? "this is a key of production (kco_live_), and this server is a playground"
                    : "this is a key of a playground (kco_test_), and this server is production";
        }
        if (credentials.username().startsWith(mode.apiKeyPrefix())) {
            return "the API key stands where the user name belongs; it is the password";
        }
        if (hasBlanks(credentials.key())) {
            return "there is a blank or a line break in the API key";
        }
        return credentials.key().isEmpty()
                ? "there is no API key behind the user name"
                : "an API key of this environment begins with " + mode.apiKeyPrefix();
    }

    private static boolean hasBlanks(String key) {
        return key.codePoints()
                .anyMatch(c -> Character.isWhitespace(c) || Character.isSpaceChar(c));
    }
}

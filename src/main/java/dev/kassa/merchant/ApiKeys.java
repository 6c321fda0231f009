package dev.kassa.merchant;

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
import org.springframework.stereotype.Service;

/** Issues API keys and tells whose a key is. */
@Service
public final class ApiKeys {
    private static final String USERNAME_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789";

    private static final int REMEMBERED = 10_000;

    private final MerchantTable table;
    private final Mode mode;
    private final Tokens tokens;
    private final InstantSource clock;
    private final CredentialLookup<MerchantTable.KeyRow> keys;

    ApiKeys(
            MerchantTable table,
            Mode mode,
            Vault vault,
            AuthenticationThrottle throttle,
            InstantSource clock) {
        this.table = table;
        this.mode = mode;
        this.tokens = new Tokens(vault);
        this.clock = clock;
        keys = new CredentialLookup<>(REMEMBERED, throttle, table::keyOfAnyMerchant);
    }

    /** A new key. It is shown here and never again. */
    public ApiKey issue(MerchantId merchant) {
        String username = merchant + "-" + Secrets.characters(6, USERNAME_ALPHABET);
        String key = tokens.next(mode.apiKeyPrefix());
        table.insertKey(merchant, Secrets.hash(key), username, Sql.now(clock));
        return new ApiKey(username, key);
    }

    /**
     * Ends a key: refused from now on here, and within a second on every other node. Answers
     * whether the merchant had it.
     */
    public boolean revoke(MerchantId merchant, String username) {
        boolean revoked = table.revokeKey(merchant, username, Sql.now(clock));
        forget();
        return revoked;
    }

    /** A key selects another merchant than before: keys are looked up afresh. */
    void forget() {
        AfterCommit.run(keys::forget);
    }

    /**
     * The merchant these credentials select.
     *
     * @param address of whoever sends them
     * @throws Problem TOO_MANY when too many wrong ones come from there; UNAUTHORIZED when the key
     *     is unknown, revoked or of the other mode, or when a username is given and is not the
     *     key's own. Which it is is told as far as the caller's own words say it, or the caller
     *     knows the key.
     */
    public Merchant authenticate(BasicCredentials credentials, String address) {
        if (!credentials.key().startsWith(mode.apiKeyPrefix())) {
            throw BasicCredentials.denied(noKeyOfThisMode(credentials));
        }
        // Looked up by hash: how long a comparison takes says nothing about the key.
        String key = credentials.key();
        MerchantTable.KeyRow row =
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
        return row.merchant();
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

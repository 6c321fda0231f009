package dev.kassa.merchant;

import dev.kassa.database.Sql;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Problem;
import dev.kassa.kernel.Secrets;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.stereotype.Service;

/** Makes merchants and the people who may open their portal. */
@Service
public final class Merchants {
    private final MerchantTable table;
    private final ApiKeys keys;
    private final InstantSource clock;
    private final BCryptPasswordEncoder passwords = new BCryptPasswordEncoder();

    Merchants(MerchantTable table, ApiKeys keys, InstantSource clock) {
        this.table = table;
        this.keys = keys;
        this.clock = clock;
    }

    /** A new merchant with an id of its own. */
    public Merchant create(String name) {
        Merchant merchant;
        do {
            merchant = new Merchant(MerchantId.next(), name, null, false);
        } while (!table.insert(merchant, Sql.now(clock)));
        return merchant;
    }

    /**
     * Writes what the merchant chooses for sessions made from now on. Another node may go by the
     * former choice for a second.
     */
    void choose(MerchantId merchant, MerchantSettings settings) {
        table.choose(merchant, settings);
        keys.forget();
    }

    /** The merchant whose portal this user may open. */
    public Optional<MerchantId> ofPortalUser(String userName) {
        return table.findOfAnyMerchant(userName);
    }

    /** Whether this user of the merchant's portal has this password. */
    public boolean portalPasswordMatches(MerchantId merchant, String userName, String password) {
        return table.portalPasswordHash(merchant, userName)
                .map(hash -> passwords.matches(password, hash))
                .orElse(Boolean.FALSE);
    }

    /**
     * Gives a user of the merchant's portal a new random password, making the user if need be.
     *
     * @throws Problem CONFLICT when a user of another merchant has the name
     */
    public String resetPortalPassword(MerchantId merchant, String userName) {
        String password = Secrets.text(12);
        String hash = Objects.requireNonNull(passwords.encode(password));
        if (!table.upsertPortalUser(merchant, userName, hash, Sql.now(clock))) {
            throw Problem.conflict("Another merchant has a user " + userName + ".");
        }
        return password;
    }
}

package dev.kassa.merchant;

import dev.kassa.access.Role;
import dev.kassa.database.Sql;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Problem;
import dev.kassa.kernel.Secrets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/** The people who may open a merchant's portal. */
@Service
public final class Users {
    /** How long an invitation can be used. */
    public static final Duration INVITATION = Duration.ofDays(7);

    private static final Pattern EMAIL = Pattern.compile("[^\\s@]{1,64}@[^\\s@]{1,189}");

    private final UserTable table;
    private final TransactionTemplate transactions;
    private final InstantSource clock;
    private final BCryptPasswordEncoder passwords = new BCryptPasswordEncoder();

    Users(UserTable table, TransactionTemplate transactions, InstantSource clock) {
        this.table = table;
        this.transactions = transactions;
        this.clock = clock;
    }

    /**
     * Makes somebody a user, who chooses a password by a link.
     *
     * @return the token of the link, shown here and never again
     * @throws Problem INVALID when it is no e-mail address, CONFLICT when it is a user's already
     */
    public String invite(MerchantId merchant, String email, Role role) {
        if (!EMAIL.matcher(email).matches()) {
            throw Problem.invalid("email", "must be an e-mail address");
        }
        return Objects.requireNonNull(
                transactions.execute(_ -> {
                    if (!table.insert(merchant, email, role, Sql.now(clock))) {
                        throw Problem.conflict("There is a user " + email + " already.");
                    }
                    return invitation(merchant, email);
                }));
    }

    /**
     * Ends a user's password, and lets a new one be chosen by a link.
     *
     * @return the token of the link, shown here and never again
     * @throws Problem NOT_FOUND when the merchant has no such user
     */
    public String reset(MerchantId merchant, String email) {
        return Objects.requireNonNull(
                transactions.execute(_ -> {
                    if (!table.forgetPassword(merchant, email)) {
                        throw unknown(email);
                    }
                    return invitation(merchant, email);
                }));
    }

    private String invitation(MerchantId merchant, String email) {
        String token = Secrets.text(24);
        Instant now = Sql.now(clock);
        table.insertInvitation(merchant, email, Secrets.hash(token), now, now.plus(INVITATION));
        return token;
    }

    /**
     * Gives a user another role.
     *
     * @throws Problem NOT_FOUND when the merchant has no such user
     */
    public void changeRole(MerchantId merchant, String email, Role role) {
        if (!table.changeRole(merchant, email, role)) {
            throw unknown(email);
        }
    }

    /**
     * Lets a user in no more.
     *
     * @throws Problem NOT_FOUND when the merchant has no such user, or only a disabled one
     */
    public void disable(MerchantId merchant, String email) {
        if (!table.disable(merchant, email, Sql.now(clock))) {
            throw unknown(email);
        }
    }

    /** The merchant's users, the oldest first. */
    public List<UserDetails> list(MerchantId merchant) {
        return table.list(merchant);
    }

    /** The merchant whose portal this user may open. */
    public Optional<MerchantId> merchantOf(String userName) {
        return table.findOfAnyMerchant(userName);
    }

    /** Whether this user of the merchant's portal has this password. */
    public boolean passwordMatches(MerchantId merchant, String userName, String password) {
        return table.passwordHash(merchant, userName)
                .map(hash -> passwords.matches(password, hash))
                .orElse(Boolean.FALSE);
    }

    /**
     * Gives a user of the merchant's portal a new random password, making the user if need be.
     *
     * @throws Problem CONFLICT when a user of another merchant has the name
     */
    public String setRandomPassword(MerchantId merchant, String userName) {
        String password = Secrets.text(12);
        String hash = Objects.requireNonNull(passwords.encode(password));
        if (!table.upsert(merchant, userName, hash, Sql.now(clock))) {
            throw Problem.conflict("Another merchant has a user " + userName + ".");
        }
        return password;
    }

    private static Problem unknown(String email) {
        return Problem.notFound("The merchant has no user " + email + " who is let in.");
    }
}

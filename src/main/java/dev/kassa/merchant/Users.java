package dev.kassa.merchant;

import dev.kassa.access.Actor;
import dev.kassa.access.Principal;
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
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/** The people who may open a merchant's portal. */
@Service
public final class Users {
    /** How long an invitation can be used. */
    public static final Duration INVITATION = Duration.ofDays(7);

    /** Characters of a password, at least. */
    public static final int LEAST_PASSWORD_CHARS = Passwords.LEAST_CHARS;

    /** What a name to sign in with must be. */
    public static final String EMAIL_FORM = "must be an e-mail address";

    private static final Pattern EMAIL = Pattern.compile("[^\\s@]{1,64}@[^\\s@]{1,189}");

    private final UserTable table;
    private final TransactionTemplate transactions;
    private final InstantSource clock;
    private final Passwords passwords;

    Users(
            UserTable table,
            TransactionTemplate transactions,
            InstantSource clock,
            Passwords passwords) {
        this.table = table;
        this.transactions = transactions;
        this.clock = clock;
        this.passwords = passwords;
    }

    /** Whether it can be one. */
    public static boolean isEmail(String text) {
        return EMAIL.matcher(text).matches();
    }

    /**
     * Makes somebody a user, who chooses a password by a link.
     *
     * @return the token of the link, shown here and never again
     * @throws Problem INVALID when it is no e-mail address, CONFLICT when it is a user's already,
     *     FORBIDDEN when the role may do what {@code by} may not
     */
    public String invite(PortalUser by, String email, Role role) {
        requireMayHandOut(by, role);
        return invite(by.merchant(), email, role);
    }

    /** The same at the word of an operator. */
    public String invite(MerchantId merchant, String email, Role role) {
        if (!isEmail(email)) {
            throw Problem.invalid("email", EMAIL_FORM);
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
     * @throws Problem as {@link #disable(PortalUser, String)}
     */
    public String reset(PortalUser by, String email) {
        return reset(by.merchant(), email, by);
    }

    /**
     * The same at the word of an operator.
     *
     * @throws Problem NOT_FOUND when the merchant has no such user
     */
    public String reset(MerchantId merchant, String email) {
        return reset(merchant, email, null);
    }

    private String reset(MerchantId merchant, String email, @Nullable PortalUser by) {
        return Objects.requireNonNull(
                transactions.execute(_ -> {
                    change(merchant, email, UserTable.Change.forgetPassword(), by);
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
     * @throws Problem as {@link #disable(PortalUser, String)}; FORBIDDEN also when the new role may
     *     do what {@code by} may not
     */
    public void changeRole(PortalUser by, String email, Role role) {
        requireMayHandOut(by, role);
        change(by.merchant(), email, UserTable.Change.role(role), by);
    }

    /**
     * The same at the word of an operator, who may leave a merchant without an owner.
     *
     * @throws Problem NOT_FOUND when the merchant has no such user
     */
    public void changeRole(MerchantId merchant, String email, Role role) {
        change(merchant, email, UserTable.Change.role(role), null);
    }

    /**
     * Lets a user in no more.
     *
     * @throws Problem NOT_FOUND when the merchant of {@code by} has no such user, or only a
     *     disabled one; FORBIDDEN when the user may do what {@code by} may not; CONFLICT when no
     *     other owner would be left
     */
    public void disable(PortalUser by, String email) {
        change(by.merchant(), email, UserTable.Change.disable(), by);
    }

    /**
     * The same at the word of an operator, who may leave a merchant without an owner.
     *
     * @throws Problem NOT_FOUND when the merchant has no such user, or only a disabled one
     */
    public void disable(MerchantId merchant, String email) {
        change(merchant, email, UserTable.Change.disable(), null);
    }

    private void change(
            MerchantId merchant, String email, UserTable.Change change, @Nullable PortalUser by) {
        switch (table.change(merchant, email, change, by, Sql.now(clock))) {
            case DONE -> {}
            case NONE -> throw unknown(email);
            case ABOVE -> throw above();
            case LAST_OWNER ->
                    throw Problem.conflict(
                            email
                                    + " is the only owner who can sign in. Make somebody else an"
                                    + " owner first.");
        }
    }

    private static void requireMayHandOut(PortalUser by, Role role) {
        if (!by.role().mayHandOut(role)) {
            throw above();
        }
    }

    private static Problem above() {
        return Problem.forbidden(
                "ROLE_ABOVE", "This role may do what yours may not. Ask somebody who has it.");
    }

    /** The merchant's users by name, after one of them, at most {@code limit}. */
    public List<UserDetails> byName(MerchantId merchant, String after, int limit) {
        return table.byName(merchant, after, limit);
    }

    /**
     * One of the merchant's users.
     *
     * @throws Problem NOT_FOUND when there is none
     */
    public UserDetails get(MerchantId merchant, String email) {
        return table.find(merchant, email).orElseThrow(() -> unknown(email));
    }

    /** The merchant's users, the oldest first. */
    public List<UserDetails> list(MerchantId merchant) {
        return table.list(merchant);
    }

    /** The merchant whose portal this user may open. */
    public Optional<MerchantId> merchantOf(String userName) {
        return table.findOfAnyMerchant(userName);
    }

    /** Who is let in under this name: neither disabled nor of a disabled merchant. */
    public Optional<PortalUser> find(String userName) {
        return table.portalUserOfAnyMerchant(userName);
    }

    /**
     * Who signs in by this name and password. An unknown name takes as long as a wrong password.
     */
    public Optional<PortalUser> signIn(String userName, String password) {
        Optional<PortalUser> user = find(userName);
        String hash =
                user.flatMap(known -> table.passwordHash(known.merchant(), userName))
                        .orElse(passwords.nobody());
        if (!passwords.matches(password, hash)) {
            return Optional.empty();
        }
        if (passwords.isOutdated(hash)) {
            user.ifPresent(known -> table.rehash(known, hash, passwords.hash(password)));
        }
        return user;
    }

    /** Whose invitation this is, while it can be used. */
    public Optional<PortalUser> invited(String token) {
        return table.invitedOfAnyMerchant(Secrets.hash(token), Sql.now(clock));
    }

    /**
     * Gives the user whose invitation this is a password; the invitation is used up.
     *
     * @throws Problem INVALID when the password may not be chosen; NOT_FOUND when the invitation is
     *     unknown, used or over
     */
    public PortalUser acceptInvitation(String token, String password) {
        PortalUser user =
                invited(token)
                        .orElseThrow(() ->
                                Problem.notFound(
                                        "This link was used or is over. Ask for a new one."));
        passwords.check(user, password);
        String hash = passwords.hash(password);
        Instant now = Sql.now(clock);
        try (var _ = Principal.as(user.merchant(), new Actor(Actor.Kind.USER, user.email()))) {
            if (!table.acceptInvitation(user, Secrets.hash(token), hash, now)) {
                throw Problem.notFound("This link was used or is over. Ask for a new one.");
            }
        }
        return user;
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
        String hash = passwords.hash(password);
        if (!table.upsert(merchant, userName, hash, Sql.now(clock))) {
            throw Problem.conflict("Another merchant has a user " + userName + ".");
        }
        return password;
    }

    private static Problem unknown(String email) {
        return Problem.notFound("The merchant has no user " + email + " who is let in.");
    }
}

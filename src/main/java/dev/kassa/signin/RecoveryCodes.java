package dev.kassa.signin;

import dev.kassa.database.Sql;
import dev.kassa.kernel.Secrets;
import dev.kassa.merchant.PortalUser;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.codec.binary.Base32;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What a user signs in with who has lost the app and all passkeys. They come with the first factor
 * and go with the last.
 */
@Component
final class RecoveryCodes {
    private static final int COUNT = 10;

    /** As base 32 that is 16 characters, without padding. */
    private static final int BYTES = 10;

    private final FactorTable table;
    private final TransactionTemplate transactions;
    private final InstantSource clock;

    RecoveryCodes(FactorTable table, TransactionTemplate transactions, InstantSource clock) {
        this.table = table;
        this.transactions = transactions;
        this.clock = clock;
    }

    /**
     * Adds a factor, in one transaction with what that brings.
     *
     * @return the codes if it is the first, shown here and never again
     */
    List<String> add(PortalUser user, Runnable factor) {
        return Objects.requireNonNull(
                transactions.execute(_ -> {
                    table.lock(user);
                    boolean first = table.state(user).isEmpty();
                    factor.run();
                    return first ? makeAnew(user) : List.<String>of();
                }));
    }

    /** Removes a factor; the codes go with the last. */
    void remove(PortalUser user, Runnable factor) {
        transactions.executeWithoutResult(_ -> {
            table.lock(user);
            factor.run();
            if (table.state(user).isEmpty()) {
                table.deleteCodes(user);
            }
        });
    }

    /** Puts new codes in the place of those before. */
    List<String> makeAnew(PortalUser user) {
        Instant now = Sql.now(clock);
        List<String> codes =
                Stream.generate(() ->
                                new Base32()
                                        .encodeToString(Secrets.bytes(BYTES))
                                        .toLowerCase(Locale.ROOT))
                        .limit(COUNT)
                        .toList();
        table.replaceCodes(user, codes, now);
        return codes.stream().map(RecoveryCodes::grouped).toList();
    }

    private static String grouped(String code) {
        return String.join(
                "-",
                IntStream.range(0, 4).mapToObj(i -> code.substring(4 * i, 4 * i + 4)).toList());
    }

    /** Uses a code up; false when it is none of the user's, or used. */
    boolean use(PortalUser user, String code) {
        String plain = code.replaceAll("[\\s-]", "").toLowerCase(Locale.ROOT);
        return table.useCode(user, plain, Sql.now(clock));
    }
}

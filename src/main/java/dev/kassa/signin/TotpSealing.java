package dev.kassa.signin;

import dev.kassa.database.SealedSecrets;
import dev.kassa.database.Sql;
import dev.kassa.kernel.Vault;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Seals the secrets of users' apps anew; a row that was changed meanwhile is left as it is then.
 */
@Component
final class TotpSealing implements SealedSecrets {
    private static final Logger LOG = LoggerFactory.getLogger(TotpSealing.class);

    private final JdbcClient jdbc;
    private final Vault vault;

    TotpSealing(JdbcClient jdbc, Vault vault) {
        this.jdbc = jdbc;
        this.vault = vault;
    }

    private record Row(String userName, String sealedSecret) {
        /** Without the secret. */
        @Override
        public String toString() {
            return "Row[" + userName + "]";
        }
    }

    @Override
    public Result sealOfAnyMerchant() {
        List<Row> rows =
                jdbc.sql(
                                """
                                select user_name, sealed_secret from portal_totp
                                where not starts_with(sealed_secret, :newest)
                                """)
                        .param("newest", vault.newestPrefix())
                        .query((row, n) ->
                                new Row(Sql.text(row, "user_name"), Sql.text(row, "sealed_secret")))
                        .list();
        Result done = new Result(0, 0);
        for (Row row : rows) {
            done = done.plus(seal(row));
        }
        return done;
    }

    private Result seal(Row row) {
        Vault.Row of = SecondFactors.row(row.userName());
        String anew;
        try {
            anew = vault.seal(of, vault.open(of, row.sealedSecret()));
        } catch (IllegalStateException e) {
            LOG.warn("The secret of the app of {} cannot be read", row.userName());
            return new Result(0, 1);
        }
        int sealed =
                jdbc.sql(
                                """
                                update portal_totp set sealed_secret = :anew
                                where user_name = :user_name and sealed_secret = :before
                                """)
                        .param("anew", anew)
                        .param("user_name", row.userName())
                        .param("before", row.sealedSecret())
                        .update();
        return new Result(sealed, 0);
    }
}

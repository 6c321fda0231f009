package dev.kassa.cli;

import dev.kassa.database.Database;
import dev.kassa.database.DatabaseSettings;
import dev.kassa.kernel.Refusal;
import dev.kassa.server.Settings;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code kassa migrate}. */
@Command(
        name = "migrate",
        description = {
            "Bring your own PostgreSQL up to date with this version, as a start would.",
            "Servers of the version before go on working meanwhile."
        },
        mixinStandardHelpOptions = true)
final class MigrateCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        DatabaseSettings settings = Settings.load().database();
        if (settings.login() == null) {
            throw new Refusal(
                    "KASSA_DATABASE_URL is not set. The embedded database is brought up to date by"
                            + " ./kassa start.");
        }
        int applied = Database.migrate(settings);
        System.out.println(
                applied == 0
                        ? "The database is up to date."
                        : "The database is up to date now; "
                                + applied
                                + " migrations were applied.");
        return 0;
    }
}

package dev.kassa.server;

import dev.kassa.database.Database;
import dev.kassa.database.DatabaseSettings;
import dev.kassa.kernel.Refusal;

/** Brings an operator's database up to date without a server. */
public final class Migration {
    private Migration() {}

    /**
     * Applies what the database lacks.
     *
     * @return how many migrations were applied
     * @throws Refusal when the database must not be used or cannot be migrated
     */
    public static int run(DatabaseSettings settings) {
        return Database.migrate(settings);
    }
}

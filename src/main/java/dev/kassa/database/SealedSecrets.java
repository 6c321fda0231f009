package dev.kassa.database;

/** Secrets of one table, each sealed for its row. */
public interface SealedSecrets {
    /**
     * What a run did.
     *
     * @param sealed secrets that are under the newest key now
     * @param unreadable those that no key opens, and that must be made anew
     */
    record Result(int sealed, int unreadable) {
        /** Both runs. */
        public Result plus(Result other) {
            return new Result(sealed + other.sealed, unreadable + other.unreadable);
        }
    }

    /** Seals what is not under the newest key, row by row, while servers run. */
    Result sealOfAnyMerchant();
}

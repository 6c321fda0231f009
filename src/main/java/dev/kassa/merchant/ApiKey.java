package dev.kassa.merchant;

/**
 * A new API key as shown once to its owner.
 *
 * @param username {@code <MID>-<random>}; may be left out when authenticating
 * @param key {@code kco_test_api_…} or {@code kco_live_api_…}
 */
public record ApiKey(String username, String key) {
    /** Without the key. */
    @Override
    public String toString() {
        return "ApiKey[" + username + "]";
    }
}

package dev.kassa.kernel;

/** What a deployment is for. A credential of one mode is unknown in the other. */
public enum Mode {
    /** Simulated devices and card taps; nothing leaves the machine. */
    PLAYGROUND("kco_test_api_"),
    /** Real money. {@code /ipp/v1/dev/*} does not exist. */
    PRODUCTION("kco_live_api_");

    private final String apiKeyPrefix;

    Mode(String apiKeyPrefix) {
        this.apiKeyPrefix = apiKeyPrefix;
    }

    /** How an API key of this mode begins. */
    public String apiKeyPrefix() {
        return apiKeyPrefix;
    }

    /** The one that this is not. */
    public Mode other() {
        return this == PLAYGROUND ? PRODUCTION : PLAYGROUND;
    }
}

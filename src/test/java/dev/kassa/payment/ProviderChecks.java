package dev.kassa.payment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.server.Server;
import java.time.Duration;

/** What providers are being asked, for tests of other packages. */
public final class ProviderChecks {
    private ProviderChecks() {}

    /** Waits until all that were begun have ended. */
    public static void await(Server server, Duration atMost) {
        try {
            assertThat(server.part(Reconciler.class).await(atMost)).as("the checks end").isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}

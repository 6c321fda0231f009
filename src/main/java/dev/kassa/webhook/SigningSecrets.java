package dev.kassa.webhook;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.kassa.kernel.Vault;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** The secrets that sign, opened once and remembered for a minute. */
@Component
final class SigningSecrets {
    private static final Logger LOG = LoggerFactory.getLogger(SigningSecrets.class);
    private static final Duration REMEMBERED = Duration.ofMinutes(1);

    private final Cache<Sealed, String> opened =
            Caffeine.newBuilder().maximumSize(10_000).expireAfterWrite(REMEMBERED).build();
    private final Vault vault;

    /** With its row: what was copied from another row must not open because it did there. */
    private record Sealed(Vault.Row row, String text) {
        @Override
        public String toString() {
            return "Sealed[" + row + "]";
        }
    }

    SigningSecrets(Vault vault) {
        this.vault = vault;
    }

    /**
     * Those that sign a request to the destination of this row now, newest first. One that cannot
     * be read any more and has been replaced is left out.
     *
     * @throws IllegalStateException when the newest cannot be read
     */
    List<String> of(Vault.Row row, Target target, Instant now) {
        List<String> sealed = target.sealedSecrets(now);
        List<String> secrets = new ArrayList<>(List.of(open(row, sealed.getFirst())));
        for (String older : sealed.subList(1, sealed.size())) {
            try {
                secrets.add(open(row, older));
            } catch (IllegalStateException e) {
                LOG.debug("The secret before the last rotation cannot be read", e);
            }
        }
        return secrets;
    }

    private String open(Vault.Row row, String sealed) {
        return opened.get(
                new Sealed(row, sealed), unread -> vault.open(unread.row(), unread.text()));
    }
}

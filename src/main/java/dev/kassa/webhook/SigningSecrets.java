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

    private final Cache<String, String> opened =
            Caffeine.newBuilder().maximumSize(10_000).expireAfterWrite(REMEMBERED).build();
    private final Vault vault;

    SigningSecrets(Vault vault) {
        this.vault = vault;
    }

    /**
     * Those that sign a request to {@code target} now, newest first. One that cannot be read any
     * more and has been replaced is left out.
     *
     * @throws IllegalStateException when the newest cannot be read
     */
    List<String> of(Target target, Instant now) {
        List<String> sealed = target.sealedSecrets(now);
        List<String> secrets = new ArrayList<>(List.of(open(sealed.getFirst())));
        for (String older : sealed.subList(1, sealed.size())) {
            try {
                secrets.add(open(older));
            } catch (IllegalStateException e) {
                LOG.debug("The secret before the last rotation cannot be read", e);
            }
        }
        return secrets;
    }

    private String open(String sealed) {
        return opened.get(sealed, vault::open);
    }
}

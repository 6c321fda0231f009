package dev.kassa.server;

import dev.kassa.kernel.Refusal;
import dev.kassa.kernel.Secrets;
import dev.kassa.kernel.Vault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The key behind the {@link Vault}: given by the operator, or on a playground made once and kept.
 */
final class MasterKey {
    private static final String FILE = "master.key";

    private MasterKey() {}

    static Vault vault(Settings settings, Path dataDirectory) {
        if (settings.masterKey() != null) {
            return new Vault(settings.masterKey());
        }
        Path file = dataDirectory.resolve(FILE);
        if (Files.notExists(file)) {
            SecretFile.write(file, Secrets.text(32) + "\n");
        }
        try {
            return new Vault(Files.readString(file).strip());
        } catch (IOException e) {
            throw new Refusal("Cannot read " + file + " (" + e + ").", e);
        }
    }
}

package dev.kassa.server;

import dev.kassa.kernel.MasterKey;
import dev.kassa.kernel.Refusal;
import dev.kassa.kernel.Secrets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Where master keys come from: given by the operator, or on a playground made once and kept. */
final class MasterKeys {
    private static final String FILE = "master.key";

    private MasterKeys() {}

    /** The server's own, then the one before it while a new one is brought in. */
    static List<MasterKey> of(Settings settings, Path dataDirectory) {
        MasterKey own = new MasterKey(text(settings, dataDirectory));
        return settings.previousMasterKey() == null
                ? List.of(own)
                : List.of(own, new MasterKey(settings.previousMasterKey()));
    }

    private static String text(Settings settings, Path dataDirectory) {
        if (settings.masterKey() != null) {
            return settings.masterKey();
        }
        Path file = dataDirectory.resolve(FILE);
        if (Files.notExists(file)) {
            SecretFile.write(file, Secrets.text(32) + "\n");
        }
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new Refusal("Cannot read " + file + " (" + e + ").", e);
        }
    }
}

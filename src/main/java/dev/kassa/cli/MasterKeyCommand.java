package dev.kassa.cli;

import dev.kassa.access.AuditAction;
import dev.kassa.access.AuditEntry;
import dev.kassa.access.AuditLog;
import dev.kassa.database.KeyRings;
import dev.kassa.database.SealedSecrets;
import dev.kassa.http.Json;
import dev.kassa.kernel.Pause;
import dev.kassa.server.BesideServer;
import dev.kassa.server.Settings;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Option;

/** {@code kassa master-key}. */
@Command(
        name = "master-key",
        description = "The keys that encrypt secrets.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        subcommands = {MasterKeyCommand.Rotate.class, HelpCommand.class})
final class MasterKeyCommand {
    /** For so long servers that do not look at once may seal under the key before. */
    private static final Duration NOTICED = Duration.ofSeconds(3);

    /** {@code kassa master-key rotate}. */
    @Command(
            name = "rotate",
            description = {
                "Encrypt the key ring by KASSA_MASTER_KEY, once all servers have it, with the key"
                        + " before as KASSA_MASTER_KEY_PREVIOUS.",
                "Works on the database of the settings, beside running servers or without one. Safe"
                        + " to repeat."
            },
            mixinStandardHelpOptions = true)
    static final class Rotate implements Callable<Integer> {
        @Option(
                names = "--data-key",
                description =
                        "Add a new key to the ring in place of that, and encrypt all secrets by it.")
        private boolean dataKey;

        @Option(names = "--json", description = "Print a JSON object.")
        private boolean json;

        private record Rewrapped(boolean changed) {}

        private record Sealed(int sealed, int unreadable, int droppedKeys) {}

        @Override
        public Integer call() {
            try (BesideServer beside = BesideServer.open(Settings.load())) {
                KeyRings rings = beside.part(KeyRings.class);
                if (!dataKey) {
                    boolean changed = rings.rewrap(recording(AuditAction.KEYRING_ENCRYPTED_ANEW));
                    print(
                            new Rewrapped(changed),
                            changed
                                    ? "The key ring is encrypted by KASSA_MASTER_KEY now. Take"
                                            + " KASSA_MASTER_KEY_PREVIOUS out of the settings."
                                    : "The key ring was encrypted by KASSA_MASTER_KEY already."
                                            + " Nothing was changed.");
                    return 0;
                }
                Sealed done = newDataKey(rings, beside.parts(SealedSecrets.class));
                print(
                        done,
                        "There is a new key. %d secrets are encrypted by it; %d cannot be read%s"
                                .formatted(
                                        done.sealed(),
                                        done.unreadable(),
                                        done.unreadable() == 0 ? "." : " and must be made anew."));
                return done.unreadable() == 0 ? 0 : 1;
            }
        }

        private static Sealed newDataKey(KeyRings rings, List<SealedSecrets> secrets) {
            Set<Integer> unneeded = rings.addDataKey(recording(AuditAction.KEYRING_KEY_ADDED));
            SealedSecrets.Result first = seal(secrets);
            Pause.of(NOTICED);
            SealedSecrets.Result second = seal(secrets);
            rings.drop(unneeded);
            return new Sealed(
                    first.sealed() + second.sealed(), second.unreadable(), unneeded.size());
        }

        private static SealedSecrets.Result seal(List<SealedSecrets> secrets) {
            return secrets.stream()
                    .map(SealedSecrets::sealOfAnyMerchant)
                    .reduce(new SealedSecrets.Result(0, 0), SealedSecrets.Result::plus);
        }

        private static KeyRings.Writer recording(AuditAction action) {
            AuditEntry entry = AuditEntry.of(null, action, "key_ring");
            return (jdbc, update, parameters) ->
                    AuditLog.audited(jdbc, update, entry)
                            .params(parameters)
                            .query(Integer.class)
                            .single();
        }

        private void print(Object result, String text) {
            System.out.println(json ? Json.MAPPER.writeValueAsString(result) : text);
        }
    }
}

package dev.kassa.cli;

import dev.kassa.http.Json;
import dev.kassa.kernel.Refusal;
import dev.kassa.kernel.Text;
import dev.kassa.server.Doctor;
import dev.kassa.server.Settings;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kassa doctor}. */
@Command(
        name = "doctor",
        description = {
            "Look at settings, database, clocks, certificate, public URL, work that waits and"
                    + " webhooks that fail, one line each.",
            "Exits with 1 when there is a fault. Changes nothing; no server need run."
        },
        mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
    @Option(names = "--json", description = "Print a JSON array.")
    private boolean json;

    @Override
    public Integer call() {
        List<Doctor.Finding> findings = findings();
        if (json) {
            System.out.println(
                    Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(findings));
        } else {
            for (Doctor.Finding one : findings) {
                System.out.println(
                        Text.printable(
                                "%-8s %-15s %s"
                                        .formatted(
                                                one.level().name().toLowerCase(Locale.ROOT),
                                                one.part(),
                                                one.text())));
            }
        }
        return findings.stream().anyMatch(one -> one.level() == Doctor.Level.FAULT) ? 1 : 0;
    }

    private static List<Doctor.Finding> findings() {
        Settings settings;
        try {
            settings = Settings.load();
        } catch (Refusal e) {
            return List.of(new Doctor.Finding("settings", Doctor.Level.FAULT, e.line()));
        }
        return Doctor.examine(settings, InstantSource.system());
    }
}

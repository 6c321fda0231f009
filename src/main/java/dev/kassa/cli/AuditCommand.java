package dev.kassa.cli;

import dev.kassa.access.AuditLog;
import dev.kassa.http.Json;
import dev.kassa.kernel.Problem;
import dev.kassa.kernel.Refusal;
import dev.kassa.server.BesideServer;
import dev.kassa.server.Settings;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** {@code kassa audit}. */
@Command(
        name = "audit",
        description = {
            "Print the audit log as JSON lines, the oldest first: who changed what, from where.",
            "To go on later, give the last audit_id that you have as --after."
        },
        mixinStandardHelpOptions = true)
final class AuditCommand implements Callable<Integer> {
    private static final int PORTION = 1000;

    @Option(names = "--merchant", paramLabel = "ID", description = "Only this merchant's.")
    private @Nullable String merchant;

    @Option(
            names = "--after",
            paramLabel = "AUDIT_ID",
            defaultValue = "0",
            description = "Only lines behind this one.")
    private long after;

    @Override
    public Integer call() {
        try (BesideServer server = BesideServer.open(Settings.load())) {
            String of =
                    merchant == null ? null : DatabaseCommand.merchant(server, merchant).value();
            AuditLog log = server.part(AuditLog.class);
            List<AuditLog.Line> lines;
            do {
                lines = log.readOfAnyMerchant(of, after, PORTION);
                for (AuditLog.Line line : lines) {
                    System.out.println(json(line));
                    after = line.auditId();
                }
            } while (lines.size() == PORTION);
        } catch (Problem e) {
            throw new Refusal(e.detail(), e);
        }
        return 0;
    }

    /** What was and is, as JSON in JSON. */
    private static String json(AuditLog.Line line) {
        ObjectNode node = Json.MAPPER.valueToTree(line);
        for (String field : List.of("before", "after")) {
            String text = node.path(field).asString("");
            if (!text.isEmpty()) {
                node.set(field, Json.MAPPER.readTree(text));
            }
        }
        return node.toString();
    }
}

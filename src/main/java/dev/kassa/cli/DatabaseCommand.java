package dev.kassa.cli;

import dev.kassa.http.Json;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Problem;
import dev.kassa.kernel.Refusal;
import dev.kassa.kernel.Text;
import dev.kassa.merchant.Merchants;
import dev.kassa.server.BesideServer;
import dev.kassa.server.Settings;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/**
 * A command that works on the database of the settings as a server does, whether one runs or not.
 * It says what it did, in words or as JSON.
 */
abstract class DatabaseCommand implements Callable<Integer> {
    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    /** What was done: {@code view} for programs, {@code text} for people. */
    record Done(Object view, String text) {
        /** It may show a key, once. */
        @Override
        public String toString() {
            return "Done";
        }
    }

    /** Does it. A {@link Problem} is what the operator did wrong. */
    abstract Done work(BesideServer server, Settings settings);

    @Override
    public final Integer call() {
        Settings settings = Settings.load();
        Done done;
        try (BesideServer server = BesideServer.open(settings)) {
            done = work(server, settings);
        } catch (Problem e) {
            throw new Refusal(words(e), e);
        }
        System.out.println(
                json
                        ? Json.MAPPER
                                .writerWithDefaultPrettyPrinter()
                                .writeValueAsString(done.view())
                        : done.text()
                                .lines()
                                .map(Text::printable)
                                .collect(Collectors.joining("\n")));
        return 0;
    }

    private static String words(Problem problem) {
        StringBuilder words = new StringBuilder(problem.detail());
        problem.errors()
                .forEach((field, fault) -> {
                    if (!words.toString().contains(fault)) {
                        words.append(' ').append(field).append(' ').append(fault).append('.');
                    }
                });
        return words.toString();
    }

    /** The merchant of this id. */
    static MerchantId merchant(BesideServer server, String id) {
        MerchantId merchant;
        try {
            merchant = new MerchantId(id.strip());
        } catch (IllegalArgumentException e) {
            throw new Refusal(
                    "'" + id + "' is no merchant's id. ./kassa merchant list shows them.", e);
        }
        return server.part(Merchants.class).get(merchant).id();
    }

    static UUID uuid(String id, String what) {
        try {
            return UUID.fromString(id.strip());
        } catch (IllegalArgumentException e) {
            throw new Refusal("'" + id + "' is no id of a " + what + ".", e);
        }
    }
}

package dev.kassa.cli;

import dev.kassa.kernel.Refusal;
import dev.kassa.session.Sessions;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code kassa statement NAME}: what {@code bench/} gives to pgbench, so that the two agree. */
@Command(
        name = "statement",
        hidden = true,
        description = "Print a statement that the server runs, with :named parameters.",
        mixinStandardHelpOptions = true)
final class StatementCommand implements Callable<Integer> {
    private static final String CREATE_SESSION = "create-session";

    @Parameters(paramLabel = "NAME", description = CREATE_SESSION)
    private @Nullable String name;

    @Override
    public Integer call() {
        if (!CREATE_SESSION.equals(name)) {
            throw new Refusal(
                    "There is no statement " + name + "; there is " + CREATE_SESSION + ".");
        }
        System.out.println(Sessions.createStatement());
        return 0;
    }
}

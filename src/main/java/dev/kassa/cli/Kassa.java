package dev.kassa.cli;

import dev.kassa.kernel.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;

/** The command line. */
@Command(
        name = "kassa",
        description = "In-person payments that you run yourself.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        versionProvider = Kassa.Version.class,
        subcommands = {
            DemoCommand.class,
            StartCommand.class,
            TapCommand.class,
            ListenCommand.class,
            TimelineCommand.class,
            MerchantCommand.class,
            LocationCommand.class,
            KeyCommand.class,
            UserCommand.class,
            DeviceCommand.class,
            AuditCommand.class,
            MigrateCommand.class,
            DoctorCommand.class,
            PendingCommand.class,
            ResolveCommand.class,
            StatementCommand.class,
            MasterKeyCommand.class,
            HelpCommand.class
        },
        footer = {
            "",
            "./kassa prepare, once after a build, halves the time of a start.",
            "./kassa package makes what an operator installs, in target/package.",
            "Settings are environment variables; docs/settings.md lists them."
        })
public final class Kassa {
    private Kassa() {}

    /** Runs a command and exits with its code. */
    public static void main(String[] args) {
        int code = run(args);
        if (code != 0) {
            System.exit(code);
        }
    }

    static int run(String... args) {
        CommandLine line = new CommandLine(new Kassa());
        line.setExecutionExceptionHandler((e, command, result) -> {
            if (e instanceof Refusal refusal) {
                command.getErr().println("kassa: " + refusal.line());
                return 1;
            }
            throw e;
        });
        if (args.length == 0) {
            line.usage(System.out);
            return 0;
        }
        return line.execute(args);
    }

    /** What {@code --version} prints. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() throws IOException {
            Properties pom = new Properties();
            try (InputStream in =
                    Kassa.class.getResourceAsStream(
                            "/META-INF/maven/dev.kassa/kassa/pom.properties")) {
                if (in != null) {
                    pom.load(in);
                }
            }
            return new String[] {
                "kassa " + pom.getProperty("version", "(development)"), "Java " + Runtime.version(),
            };
        }
    }
}

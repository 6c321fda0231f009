package dev.kassa.cli;

import dev.kassa.kernel.Refusal;
import dev.kassa.payment.ProviderOperation;
import dev.kassa.payment.Resolution;
import dev.kassa.payment.Resolutions;
import dev.kassa.payment.ResolvedAs;
import dev.kassa.server.BesideServer;
import dev.kassa.server.Settings;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kassa resolve ID}. */
@Command(
        name = "resolve",
        description = {
            "Settle by your own word a payment, reversal, capture, refund or release whose provider"
                    + " will not tell how it went. Look it up at the provider first.",
            "Who said so, why and on what evidence is kept for ever, and shown in the timeline."
                    + " Works on the database of the settings; no server need run."
        },
        mixinStandardHelpOptions = true)
final class ResolveCommand implements Callable<Integer> {
    private static final Pattern UUID_FORM =
            Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    @Parameters(paramLabel = "ID", description = "The operation's id, from ./kassa pending.")
    private String id = "";

    @Option(
            names = "--as",
            paramLabel = "WORD",
            required = true,
            description = {
                "A payment: paid, declined (the clerk may try again), failed (the session ends),"
                        + " cancelled.",
                "A refund or a reversal: refunded, refused. A capture: captured, refused. A release:"
                        + " released, refused."
            })
    private String as = "";

    @Option(names = "--by", paramLabel = "NAME", required = true, description = "Your name.")
    private String by = "";

    @Option(
            names = "--why",
            paramLabel = "TEXT",
            required = true,
            description = "How you know, for whoever asks later.")
    private String why = "";

    @Option(
            names = "--evidence",
            paramLabel = "TEXT",
            description =
                    "Where it can be looked up: a ticket, a line of the provider's statement.")
    private @Nullable String evidence;

    @Option(
            names = "--reference",
            paramLabel = "TEXT",
            description =
                    "The provider's own reference; without it the operation's id stands there.")
    private @Nullable String reference;

    @Override
    public Integer call() {
        if (!UUID_FORM.matcher(id).matches()) {
            throw new Refusal("'" + id + "' is no id of an operation. ./kassa pending lists them.");
        }
        Resolution resolution = resolution();
        Resolutions.Result result;
        try (BesideServer beside = BesideServer.open(Settings.load())) {
            result = beside.part(Resolutions.class).resolve(UUID.fromString(id), resolution);
        }
        System.out.println(
                switch (result) {
                    case Resolutions.Result.Resolved(ProviderOperation one) ->
                            description(one)
                                    + " is "
                                    + one.status()
                                    + " now, by the word of "
                                    + resolution.by()
                                    + ". Session "
                                    + one.sessionId()
                                    + ".";
                    case Resolutions.Result.Unknown _ ->
                            throw new Refusal(
                                    "There is no payment, reversal, capture, refund or release "
                                            + id
                                            + ". ./kassa pending lists those that are pending.");
                    case Resolutions.Result.SettledBefore(ProviderOperation one) ->
                            throw new Refusal(
                                    description(one)
                                            + " has been "
                                            + one.status()
                                            + " since "
                                            + one.settledAt()
                                            + ". Only what is pending can be resolved.");
                    case Resolutions.Result.DoesNotFit(ProviderOperation one) ->
                            throw new Refusal(
                                    description(one)
                                            + " can be resolved as "
                                            + words(ResolvedAs.of(one.kind()).stream())
                                            + ", not as "
                                            + resolution.as().word()
                                            + ".");
                    case Resolutions.Result.NotApplicable(ProviderOperation one) ->
                            throw new Refusal(
                                    description(one)
                                            + " is pending, but its session "
                                            + one.sessionId()
                                            + " is not waiting for it. Nothing was changed; this is"
                                            + " a fault of Kassa to report.");
                });
        return 0;
    }

    private Resolution resolution() {
        ResolvedAs word =
                ResolvedAs.parse(as)
                        .orElseThrow(() ->
                                new Refusal(
                                        "--as is one of "
                                                + words(Arrays.stream(ResolvedAs.values()))
                                                + ", not '"
                                                + as
                                                + "'."));
        try {
            return new Resolution(word, by, why, evidence, reference);
        } catch (IllegalArgumentException e) {
            throw new Refusal(String.valueOf(e.getMessage()), e);
        }
    }

    private static String words(Stream<ResolvedAs> all) {
        return all.map(ResolvedAs::word).collect(Collectors.joining(", "));
    }

    private static String description(ProviderOperation one) {
        return "The " + one.kind().word() + " " + one.id() + " of " + one.amount().written();
    }
}

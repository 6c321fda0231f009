package dev.kassa.cli;

import dev.kassa.http.Json;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.Refusal;
import dev.kassa.payment.ProviderOperation;
import dev.kassa.payment.Resolutions;
import dev.kassa.payment.ResolvedAs;
import dev.kassa.server.BesideServer;
import dev.kassa.server.Settings;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kassa pending}. */
@Command(
        name = "pending",
        description = {
            "List the payments, reversals, captures, refunds and releases that no provider has"
                    + " settled, the oldest first.",
            "Works on the database of the settings; no server need run."
        },
        mixinStandardHelpOptions = true)
final class PendingCommand implements Callable<Integer> {
    @Option(
            names = "--older-than",
            paramLabel = "TIME",
            defaultValue = "1m",
            description = "Only those begun longer ago: 0s, 15m, 2h (default ${DEFAULT-VALUE}).")
    private String olderThan = "1m";

    @Option(names = "--json", description = "Print a JSON array.")
    private boolean json;

    /** One of the list in JSON; ages in whole seconds, the amount in minor units. */
    private record Listed(
            UUID id,
            String kind,
            String merchantId,
            String sessionId,
            @Nullable String orderId,
            String provider,
            long amount,
            String currency,
            Instant createdAt,
            long ageSeconds,
            @Nullable Instant unansweredSince,
            @Nullable Long unansweredSeconds,
            int checks,
            @Nullable String lastAnswer) {}

    @Override
    public Integer call() {
        Duration age;
        try {
            age = DurationStyle.detectAndParse(olderThan);
        } catch (IllegalArgumentException e) {
            throw new Refusal("--older-than is a time such as 0s, 15m or 2h.", e);
        }
        List<ProviderOperation> pending;
        Instant now = InstantSource.system().instant();
        try (BesideServer beside = BesideServer.open(Settings.load())) {
            pending =
                    beside.part(Resolutions.class)
                            .pending(now.minus(age), Limits.PENDING_LISTED + 1);
        }
        boolean more = pending.size() > Limits.PENDING_LISTED;
        List<ProviderOperation> shown = more ? pending.subList(0, Limits.PENDING_LISTED) : pending;
        if (json) {
            System.out.println(
                    Json.MAPPER
                            .writerWithDefaultPrettyPrinter()
                            .writeValueAsString(
                                    shown.stream().map(one -> listed(one, now)).toList()));
        } else {
            print(shown, now);
        }
        if (more) {
            System.err.println(
                    "These are the oldest " + Limits.PENDING_LISTED + "; there are more.");
        }
        return 0;
    }

    private void print(List<ProviderOperation> shown, Instant now) {
        if (shown.isEmpty()) {
            System.out.println("Nothing has been pending for longer than " + olderThan + ".");
            return;
        }
        for (ProviderOperation one : shown) {
            System.out.println(text(one, now));
        }
        System.out.println(
                "Settle one by your own word, if its provider will not:\n"
                        + "  ./kassa resolve ID --as WORD --by NAME --why TEXT");
    }

    static String text(ProviderOperation one, Instant now) {
        String last = one.lastAnswer() == null ? "nobody has asked yet" : one.lastAnswer();
        return """
        %s %s
          %s at %s, merchant %s
          session %s%s
          begun %s ago; %s; %d checks
          last answer: %s
          can be resolved as: %s
        """
                .formatted(
                        one.kind().word(),
                        one.id(),
                        one.amount().written(),
                        one.provider(),
                        one.merchantId().value(),
                        one.sessionId(),
                        one.orderId() == null ? "" : ", order " + one.orderId(),
                        age(one.createdAt(), now),
                        one.unansweredSince() == null
                                ? "its provider owes no answer"
                                : "its provider has owed an answer for "
                                        + age(one.unansweredSince(), now),
                        one.checks(),
                        last,
                        ResolvedAs.of(one.kind()).stream()
                                .map(ResolvedAs::word)
                                .collect(Collectors.joining(", ")));
    }

    /** In two units at the most: 3 d 4 h, 12 min, 40 s. */
    static String age(Instant since, Instant now) {
        Duration age = Duration.between(since, now);
        if (age.isNegative()) {
            return "0 s";
        }
        if (age.toDays() > 0) {
            return age.toDays() + " d " + age.toHoursPart() + " h";
        }
        if (age.toHours() > 0) {
            return age.toHours() + " h " + age.toMinutesPart() + " min";
        }
        return age.toMinutes() > 0 ? age.toMinutes() + " min" : age.toSeconds() + " s";
    }

    private static Listed listed(ProviderOperation one, Instant now) {
        Instant since = one.unansweredSince();
        return new Listed(
                one.id(),
                one.kind().word(),
                one.merchantId().value(),
                one.sessionId().toString(),
                one.orderId() == null ? null : one.orderId().toString(),
                one.provider(),
                one.amount().minor(),
                one.amount().currency().getCurrencyCode(),
                one.createdAt(),
                Duration.between(one.createdAt(), now).toSeconds(),
                since,
                since == null ? null : Duration.between(since, now).toSeconds(),
                one.checks(),
                one.lastAnswer());
    }
}

package dev.kassa.cli;

import dev.kassa.kernel.Refusal;
import dev.kassa.kernel.Text;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code kassa timeline SESSION}. */
@Command(
        name = "timeline",
        description = "Print what happened to a session of the running playground, step by step.",
        mixinStandardHelpOptions = true)
final class TimelineCommand implements Callable<Integer> {
    private static final List<String> DETAILS =
            List.of("method", "reason", "name", "status", "tries", "resolved_by", "evidence", "id");

    @Parameters(paramLabel = "SESSION", description = "The session's id.")
    private @Nullable String session;

    @Override
    public Integer call() throws InterruptedException {
        ApiClient api = ApiClient.ofPlayground();
        HttpResponse<String> answer;
        try {
            answer =
                    api.get(
                            "/kassa/v1/sessions/"
                                    + ApiClient.encode(String.valueOf(session))
                                    + "/timeline");
        } catch (IOException e) {
            throw api.unreachable(e);
        }
        JsonNode timeline = ApiClient.json(answer);
        if (answer.statusCode() != 200) {
            throw new Refusal(answer.statusCode() + ": " + ApiClient.problem(timeline));
        }
        System.out.println(
                "session "
                        + timeline.path("session_id").asString()
                        + " is "
                        + timeline.path("status").asString());
        for (JsonNode entry : timeline.path("entries")) {
            System.out.println(Text.printable(line(entry)));
        }
        return 0;
    }

    private static String detail(String detail, String value) {
        return switch (detail) {
            case "tries" -> "after " + value + " tries";
            case "resolved_by" -> "by " + value;
            case "evidence" -> "(" + value + ")";
            default -> value;
        };
    }

    private static String line(JsonNode entry) {
        return Stream.concat(
                        Stream.of(
                                "%-27s".formatted(entry.path("at").asString()),
                                "%-9s".formatted(entry.path("what").asString())),
                        DETAILS.stream()
                                .filter(entry::has)
                                .map(detail -> detail(detail, entry.get(detail).asString())))
                .collect(Collectors.joining(" "))
                .stripTrailing();
    }
}

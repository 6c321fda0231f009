package dev.kassa.cli;

import dev.kassa.kernel.Refusal;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code kassa tap SESSION}. */
@Command(
        name = "tap",
        description = "Hold a simulated card to the device of a session of the running playground.",
        mixinStandardHelpOptions = true)
final class TapCommand implements Callable<Integer> {
    @Parameters(paramLabel = "SESSION", description = "The session's id.")
    private @Nullable String session;

    @Option(
            names = "--outcome",
            defaultValue = "SUCCESS",
            description =
                    "SUCCESS (the default), DECLINED_GENERIC, INSUFFICIENT_FUNDS, LOST_CARD,"
                            + " STOLEN_CARD, EXPIRED_CARD, INCORRECT_CVC, PROCESSING_ERROR,"
                            + " INCORRECT_NUMBER or CARD_VELOCITY_EXCEEDED.")
    private String outcome = "SUCCESS";

    @Override
    public Integer call() throws IOException, InterruptedException {
        ApiClient api = ApiClient.ofPlayground();
        HttpResponse<String> answer;
        try {
            answer =
                    api.post(
                            "/ipp/v1/dev/sessions/"
                                    + ApiClient.encode(String.valueOf(session))
                                    + "/simulate-tap?outcome="
                                    + ApiClient.encode(outcome),
                            "");
        } catch (IOException e) {
            throw api.unreachable(e);
        }
        JsonNode body = ApiClient.json(answer);
        if (answer.statusCode() != 200) {
            throw new Refusal(answer.statusCode() + ": " + ApiClient.problem(body));
        }
        System.out.println(
                body.path("session_id").asString()
                        + " "
                        + body.path("status").asString()
                        + (body.has("order_id")
                                ? " order " + body.get("order_id").asString()
                                : ""));
        return 0;
    }
}

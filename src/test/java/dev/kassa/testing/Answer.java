package dev.kassa.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.http.Json;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** An HTTP answer with its JSON, if it is JSON. */
public record Answer(HttpResponse<String> response, JsonNode json) {
    public static Answer of(HttpResponse<String> response) {
        boolean isJson = response.headers().firstValue("content-type").orElse("").contains("json");
        JsonNode json =
                isJson ? Json.MAPPER.readTree(response.body()) : Json.MAPPER.createObjectNode();
        return new Answer(response, json);
    }

    /** This answer, which must have this status. */
    public Answer is(int status) {
        assertThat(response.statusCode())
                .as("%s %s: %s", response.request().method(), response.uri(), response.body())
                .isEqualTo(status);
        assertThat(response.headers().firstValue("correlation-id")).isPresent();
        if (status >= 400) {
            if (response.uri().getPath().startsWith("/ordermanagement/")) {
                assertThat(response.headers().firstValue("content-type"))
                        .hasValue("application/json");
                assertThat(fields())
                        .containsExactly("error_code", "error_messages", "correlation_id");
            } else {
                assertThat(response.headers().firstValue("content-type"))
                        .hasValue("application/problem+json");
                assertThat(json.path("status").asInt()).isEqualTo(status);
            }
        }
        return this;
    }

    /** The text at a path of field names. */
    public String text(String... path) {
        JsonNode node = json;
        for (String name : path) {
            node = node.path(name);
        }
        return node.asString("");
    }

    /** This refusal of Order Management, which must have this status and code. */
    public Answer is(int status, String code) {
        assertThat(is(status).text("error_code")).as(response.body()).isEqualTo(code);
        return this;
    }

    /** The paths of all faults. */
    public List<String> faults() {
        if (json.has("error_messages")) {
            return json.path("error_messages").values().stream()
                    .map(message -> message.asString().replaceFirst(".* \\(([^) ]+)\\).*", "$1"))
                    .toList();
        }
        return new ArrayList<>(json.path("errors").propertyNames());
    }

    /** The sentence about the fault at a path; empty when there is none. */
    public String fault(String path) {
        return json.has("error_messages")
                ? json.path("error_messages").values().stream()
                        .map(message -> message.asString())
                        .filter(message -> message.contains("(" + path + ")"))
                        .findFirst()
                        .orElse("")
                : json.path("errors").path(path).asString("");
    }

    /** The names of all fields at the top. */
    public List<String> fields() {
        return new ArrayList<>(json.propertyNames());
    }
}

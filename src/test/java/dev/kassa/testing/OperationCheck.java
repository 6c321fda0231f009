package dev.kassa.testing;

import dev.kassa.http.Json;
import java.net.URLDecoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Compares an exchange with the operation that documents it. */
record OperationCheck(OpenApiFile file, String pointer, JsonNode node) {
    /** What HTTP itself adds. */
    private static final Set<String> PLAIN_HEADERS =
            Set.of(
                    "date",
                    "content-length",
                    "content-type",
                    "transfer-encoding",
                    "connection",
                    "keep-alive",
                    "vary",
                    "x-content-type-options",
                    "content-security-policy",
                    "referrer-policy",
                    "strict-transport-security");

    void response(HttpResponse<String> response, List<String> faults) {
        String at = pointer + "/responses/" + response.statusCode();
        if (file.root.at(at).isMissingNode()) {
            faults.add("status " + response.statusCode() + " is not documented");
            return;
        }
        OpenApiFile.Located documented = file.follow(at);
        headers(documented, response, faults);
        JsonNode content = documented.node().path("content");
        if (content.isMissingNode() || content.isEmpty()) {
            if (!response.body().isEmpty()) {
                faults.add("a body where none is documented");
            }
            return;
        }
        String type =
                response.headers().firstValue("content-type").orElse("").replaceFirst(";.*", "");
        if (!content.has(type)) {
            faults.add("media type '" + type + "' is not documented");
            return;
        }
        String schema = documented.pointer() + "/content/" + OpenApiFile.escape(type) + "/schema";
        JsonNode body =
                type.endsWith("json")
                        ? Json.MAPPER.readTree(response.body())
                        : JsonNodeFactory.instance.stringNode(response.body());
        file.validate(schema, body, "answer", faults);
    }

    private void headers(
            OpenApiFile.Located documented, HttpResponse<String> response, List<String> faults) {
        Set<String> known = new TreeSet<>(PLAIN_HEADERS);
        documented
                .node()
                .path("headers")
                .propertyNames()
                .forEach(name -> {
                    known.add(name.toLowerCase(Locale.ROOT));
                    OpenApiFile.Located header =
                            file.follow(
                                    documented.pointer() + "/headers/" + OpenApiFile.escape(name));
                    Optional<String> value = response.headers().firstValue(name);
                    if (header.node().path("required").asBoolean(false) && value.isEmpty()) {
                        faults.add("header " + name + " is missing");
                    }
                    value.ifPresent(text ->
                            file.validate(
                                    header.pointer() + "/schema",
                                    typed(header.node().path("schema"), text),
                                    "header " + name,
                                    faults));
                });
        response.headers().map().keySet().stream()
                .filter(name -> !name.startsWith(":"))
                .filter(name -> !known.contains(name.toLowerCase(Locale.ROOT)))
                .forEach(name -> faults.add("header " + name + " is not documented"));
    }

    void request(HttpRequest request, @Nullable String body, List<String> faults) {
        Map<String, List<String>> given = query(request.uri().getRawQuery());
        JsonNode parameters = node.path("parameters");
        for (int i = 0; i < parameters.size(); i++) {
            OpenApiFile.Located parameter = file.follow(pointer + "/parameters/" + i);
            if (!parameter.node().path("in").asString().equals("query")) {
                continue;
            }
            String name = parameter.node().path("name").asString();
            List<String> values = given.remove(name);
            if (values != null) {
                JsonNode schema = parameter.node().path("schema");
                file.validate(
                        parameter.pointer() + "/schema",
                        schema.path("type").asString("").equals("array")
                                ? array(values)
                                : typed(
                                        schemaOf(schema, parameter.pointer() + "/schema"),
                                        values.getFirst()),
                        "query " + name,
                        faults);
            }
        }
        // Others are ignored, like unknown fields of a body.
        OpenApiFile.Located requestBody = file.follow(pointer + "/requestBody");
        if (body != null && !requestBody.node().isMissingNode()) {
            file.validate(
                    requestBody.pointer() + "/content/application~1json/schema",
                    Json.MAPPER.readTree(body),
                    "request",
                    faults);
        }
    }

    private static Map<String, List<String>> query(@Nullable String query) {
        Map<String, List<String>> values = new TreeMap<>();
        if (query != null) {
            for (String pair : query.split("&", -1)) {
                String[] parts = pair.split("=", 2);
                values.computeIfAbsent(decode(parts[0]), name -> new ArrayList<>())
                        .add(parts.length < 2 ? "" : decode(parts[1]));
            }
        }
        return values;
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private static JsonNode array(List<String> values) {
        var array = JsonNodeFactory.instance.arrayNode();
        values.forEach(array::add);
        return array;
    }

    private static JsonNode typed(JsonNode schema, String text) {
        return switch (schema.path("type").asString("string")) {
            case "integer", "number", "boolean" -> Json.MAPPER.readTree(text);
            default -> JsonNodeFactory.instance.stringNode(text);
        };
    }

    private JsonNode schemaOf(JsonNode schema, String pointer) {
        return schema.has("$ref") ? file.follow(pointer).node() : schema;
    }
}

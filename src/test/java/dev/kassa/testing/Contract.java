package dev.kassa.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Holds every exchange of the tests to the OpenAPI files: the answer's status, headers, media type
 * and body must be documented, and so must the request of every answer that grants it. Schemas are
 * checked by a JSON Schema library in the dialect of OpenAPI 3.1.
 */
public final class Contract {
    private static final Set<String> METHODS =
            Set.of("get", "put", "post", "delete", "options", "head", "patch", "trace");

    private Contract() {}

    /** Every route of the files, as {@code GET /path}. */
    public static Set<String> routes() {
        Set<String> routes = new TreeSet<>();
        for (OpenApiFile file : OpenApiFile.ALL) {
            file.root
                    .path("paths")
                    .properties()
                    .forEach(path ->
                            path.getValue().propertyNames().stream()
                                    .filter(METHODS::contains)
                                    .forEach(method ->
                                            routes.add(
                                                    method.toUpperCase(Locale.ROOT)
                                                            + " "
                                                            + path.getKey())));
        }
        return routes;
    }

    /** The {@code x-max-body-bytes} of an operation, as {@code POST /path}. */
    public static OptionalInt bodyLimit(String route) {
        String pointer =
                "/paths/"
                        + OpenApiFile.escape(route.substring(route.indexOf(' ') + 1))
                        + "/"
                        + route.substring(0, route.indexOf(' ')).toLowerCase(Locale.ROOT)
                        + "/x-max-body-bytes";
        return OpenApiFile.ALL.stream()
                .map(file -> file.root.at(pointer))
                .filter(JsonNode::isNumber)
                .mapToInt(JsonNode::intValue)
                .findFirst();
    }

    /** The ids of all operations. */
    public static Set<String> operationIds() {
        Set<String> ids = new TreeSet<>();
        OpenApiFile.ALL.forEach(file ->
                file.root
                        .path("paths")
                        .values()
                        .forEach(path ->
                                path.values()
                                        .forEach(operation -> {
                                            String id = operation.path("operationId").asString("");
                                            if (!id.isEmpty()) {
                                                ids.add(id);
                                            }
                                        })));
        return ids;
    }

    /**
     * A field of a request's body.
     *
     * @param path with 0 for every index, such as {@code order_items[0].name}
     */
    public record Field(String path, JsonNode schema) {
        /** The JSON type that is not null. */
        public String type() {
            JsonNode type = schema.path("type");
            return type.isArray()
                    ? type.valueStream()
                            .map(one -> one.asString())
                            .filter(one -> !one.equals("null"))
                            .findFirst()
                            .orElseThrow()
                    : type.asString("");
        }

        /** A text that may be anything. */
        public boolean isText() {
            return type().equals("string") && !schema.has("enum") && !schema.has("format");
        }

        public boolean isTime() {
            return schema.path("format").asString("").equals("date-time");
        }

        public boolean isAmount() {
            return type().equals("integer") && path.matches(".*(_amount|unit_price)");
        }

        /** Whether money depends on it, as the file says; null when it does not say. */
        @Nullable
        public Boolean money() {
            JsonNode money = schema.path("x-money");
            return money.isBoolean() ? money.booleanValue() : null;
        }
    }

    /**
     * An operation.
     *
     * @param example a body from the file; missing where the operation reads none
     * @param fields all fields of the body, at every depth
     * @param parameters the schemas of its query parameters, by name
     * @param answer the schema of what 200 answers; missing where there is none
     */
    public record Documented(
            String id,
            String method,
            String path,
            JsonNode example,
            List<Field> fields,
            Map<String, JsonNode> parameters,
            JsonNode answer) {
        @Override
        public String toString() {
            return id;
        }

        /** Whether it answers a list. */
        public boolean isList() {
            JsonNode answer = answer();
            return method.equals("GET")
                    && (answer.path("type").asString("").equals("array")
                            || Stream.of("content", "sessions", "faults")
                                    .anyMatch(answer.path("properties")::has));
        }
    }

    /** All operations of the files, but for what providers call. */
    public static List<Documented> operations() {
        return everyOperation().stream()
                .filter(operation -> !operation.path().startsWith("/providers/"))
                .toList();
    }

    /** All operations of the files. */
    public static List<Documented> everyOperation() {
        List<Documented> all = new ArrayList<>();
        for (OpenApiFile file : OpenApiFile.ALL) {
            for (Map.Entry<String, JsonNode> path : file.root.path("paths").properties()) {
                for (String method : path.getValue().propertyNames()) {
                    if (METHODS.contains(method)) {
                        all.add(file.documented(path.getKey(), method));
                    }
                }
            }
        }
        return all;
    }

    /** References to parts of a file that it does not have. */
    public static Set<String> danglingReferences() {
        Set<String> dangling = new TreeSet<>();
        for (OpenApiFile file : OpenApiFile.ALL) {
            file.root.findValues("$ref").stream()
                    .map(reference -> reference.asString().substring(1))
                    .filter(pointer -> file.root.at(pointer).isMissingNode())
                    .forEach(dangling::add);
        }
        return dangling;
    }

    /** Examples of bodies that their own schema refuses. */
    public static List<String> invalidExamples() {
        List<String> faults = new ArrayList<>();
        int checked = 0;
        for (OpenApiFile file : OpenApiFile.ALL) {
            checked += file.examples("", file.root, faults);
        }
        assertThat(checked).as("examples with a schema beside them").isGreaterThan(40);
        return faults;
    }

    /** Fails if this exchange is not as documented. */
    public static void check(
            HttpRequest request, @Nullable String body, HttpResponse<String> response) {
        assertThat(response.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        assertThat(response.headers().firstValue("Content-Security-Policy").orElse(""))
                .startsWith("default-src 'none'");
        assertThat(response.headers().firstValue("Referrer-Policy")).hasValue("no-referrer");
        Optional<OperationCheck> found = find(request);
        if (found.isEmpty()) {
            assertThat(response.statusCode())
                    .as("%s is in no file", request)
                    .isIn(400, 401, 404, 405, 409, 422);
            return;
        }
        List<String> faults = new ArrayList<>();
        OperationCheck operation = found.get();
        operation.response(response, faults);
        if (response.statusCode() < 300) {
            operation.request(request, body, faults);
        }
        assertThat(faults)
                .as(
                        "%s %s: %s\n%s",
                        request.method(), request.uri(), response.statusCode(), response.body())
                .isEmpty();
    }

    private static Optional<OperationCheck> find(HttpRequest request) {
        String path = request.uri().getRawPath();
        String method = request.method().toLowerCase(Locale.ROOT);
        for (OpenApiFile file : OpenApiFile.ALL) {
            for (Map.Entry<String, JsonNode> entry : file.root.path("paths").properties()) {
                String pattern = entry.getKey().replaceAll("\\{[^}]+}", "[^/]+");
                JsonNode operation = entry.getValue().path(method);
                if (path.matches(pattern) && operation.isObject()) {
                    String pointer = "/paths/" + OpenApiFile.escape(entry.getKey()) + "/" + method;
                    return Optional.of(new OperationCheck(file, pointer, operation));
                }
            }
        }
        return Optional.empty();
    }
}

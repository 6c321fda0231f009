package dev.kassa.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import dev.kassa.http.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Holds every exchange of the tests to the OpenAPI files: the answer's status, headers, media type
 * and body must be documented, and so must the request of every answer that grants it. Schemas are
 * checked by a JSON Schema library in the dialect of OpenAPI 3.1.
 */
public final class Contract {
    private static final Set<String> METHODS =
            Set.of("get", "put", "post", "delete", "options", "head", "patch", "trace");

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
                    "x-content-type-options");

    private static final List<Contract> FILES =
            Stream.of("ipp", "kassa", "order-management", "pos", "playground")
                    .map(Contract::new)
                    .toList();

    private final String uri;
    private final JsonNode root;
    private final SchemaRegistry registry;
    private final Map<String, Schema> schemas = new ConcurrentHashMap<>();

    private Contract(String name) {
        uri = "https://contract.test/" + name + ".yaml";
        try {
            String text = Files.readString(Path.of("src/main/resources/openapi/" + name + ".yaml"));
            root = YAMLMapper.shared().readTree(text);
            registry =
                    SchemaRegistry.withDialect(
                            Dialects.getOpenApi31(),
                            builder -> builder.schemas(Map.of(uri, root.toString())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An operation of a file, and where it stands. */
    private record Operation(Contract file, String pointer, JsonNode node) {}

    /** Every route of the files, as {@code GET /path}. */
    public static Set<String> routes() {
        Set<String> routes = new TreeSet<>();
        for (Contract file : FILES) {
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
                        + escape(route.substring(route.indexOf(' ') + 1))
                        + "/"
                        + route.substring(0, route.indexOf(' ')).toLowerCase(Locale.ROOT)
                        + "/x-max-body-bytes";
        return FILES.stream()
                .map(file -> file.root.at(pointer))
                .filter(JsonNode::isNumber)
                .mapToInt(JsonNode::intValue)
                .findFirst();
    }

    /** The ids of all operations. */
    public static Set<String> operationIds() {
        Set<String> ids = new TreeSet<>();
        FILES.forEach(file ->
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
        for (Contract file : FILES) {
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

    private Documented documented(String path, String method) {
        String pointer = "/paths/" + escape(path) + "/" + method;
        Located body = follow(pointer + "/requestBody");
        JsonNode content = body.node.path("content").path("application/json");
        List<Field> fields = new ArrayList<>();
        fields("", merged(content.path("schema")), fields);
        Map<String, JsonNode> parameters = new TreeMap<>();
        JsonNode declared = root.at(pointer).path("parameters");
        for (int i = 0; i < declared.size(); i++) {
            JsonNode parameter = follow(pointer + "/parameters/" + i).node;
            if (parameter.path("in").asString().equals("query")) {
                parameters.put(parameter.path("name").asString(), merged(parameter.path("schema")));
            }
        }
        JsonNode answer = follow(pointer + "/responses/200").node;
        return new Documented(
                root.at(pointer).path("operationId").asString(),
                method.toUpperCase(Locale.ROOT),
                path,
                content.path("examples")
                        .valueStream()
                        .findFirst()
                        .orElse(JsonNodeFactory.instance.missingNode())
                        .path("value"),
                fields,
                parameters,
                merged(answer.path("content").path("application/json").path("schema")));
    }

    private void fields(String prefix, JsonNode schema, List<Field> fields) {
        for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
            field(prefix + property.getKey(), merged(property.getValue()), fields);
        }
        JsonNode more = schema.path("additionalProperties");
        if (more.isObject()) {
            fields.add(new Field(prefix + "key", merged(more)));
        }
    }

    private void field(String path, JsonNode schema, List<Field> fields) {
        Field field = new Field(path, schema);
        fields.add(field);
        if (field.type().equals("array")) {
            fields(path + "[0].", merged(schema.path("items")), fields);
        } else if (field.type().equals("object")) {
            fields(path + ".", schema, fields);
        }
    }

    /** A schema with its reference followed; what stands beside the reference wins. */
    private JsonNode merged(JsonNode schema) {
        String reference = schema.path("$ref").asString("");
        if (reference.isEmpty()) {
            return schema;
        }
        ObjectNode merged = merged(root.at(reference.substring(1))).deepCopy().asObject();
        merged.setAll(schema.asObject());
        return merged;
    }

    /** References to parts of a file that it does not have. */
    public static Set<String> danglingReferences() {
        Set<String> dangling = new TreeSet<>();
        for (Contract file : FILES) {
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
        for (Contract file : FILES) {
            checked += file.examples("", file.root, faults);
        }
        assertThat(checked).as("examples with a schema beside them").isGreaterThan(40);
        return faults;
    }

    /** Checks the examples at and below a node; answers how many there were. */
    private int examples(String pointer, JsonNode node, List<String> faults) {
        int checked = 0;
        JsonNode schema = node.path("schema");
        if (schema.isObject() && !schema.path("type").asString("").equals("string")) {
            for (String name : node.path("examples").propertyNames()) {
                Located example = follow(pointer + "/examples/" + escape(name));
                JsonNode value = example.node.path("value");
                validate(pointer + "/schema", value, pointer + " " + name, faults);
                checked++;
            }
        }
        for (Map.Entry<String, JsonNode> child : node.properties()) {
            if (child.getValue().isObject()) {
                checked +=
                        examples(pointer + "/" + escape(child.getKey()), child.getValue(), faults);
            }
        }
        return checked;
    }

    /** Fails if this exchange is not as documented. */
    public static void check(
            HttpRequest request, @Nullable String body, HttpResponse<String> response) {
        assertThat(response.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        Optional<Operation> found = find(request);
        if (found.isEmpty()) {
            assertThat(response.statusCode())
                    .as("%s is in no file", request)
                    .isIn(400, 401, 404, 405, 409, 422);
            return;
        }
        List<String> faults = new ArrayList<>();
        Operation operation = found.get();
        operation.file.response(operation, response, faults);
        if (response.statusCode() < 300) {
            operation.file.request(operation, request, body, faults);
        }
        assertThat(faults)
                .as(
                        "%s %s: %s\n%s",
                        request.method(), request.uri(), response.statusCode(), response.body())
                .isEmpty();
    }

    private static Optional<Operation> find(HttpRequest request) {
        String path = request.uri().getRawPath();
        String method = request.method().toLowerCase(Locale.ROOT);
        for (Contract file : FILES) {
            for (Map.Entry<String, JsonNode> entry : file.root.path("paths").properties()) {
                String pattern = entry.getKey().replaceAll("\\{[^}]+}", "[^/]+");
                JsonNode operation = entry.getValue().path(method);
                if (path.matches(pattern) && operation.isObject()) {
                    String pointer = "/paths/" + escape(entry.getKey()) + "/" + method;
                    return Optional.of(new Operation(file, pointer, operation));
                }
            }
        }
        return Optional.empty();
    }

    private static String escape(String key) {
        return key.replace("~", "~0").replace("/", "~1");
    }

    /** The node at a pointer, with a reference followed. */
    private Located follow(String pointer) {
        JsonNode node = root.at(pointer);
        String reference = node.path("$ref").asString("");
        return reference.isEmpty() ? new Located(pointer, node) : follow(reference.substring(1));
    }

    private record Located(String pointer, JsonNode node) {}

    private void response(Operation operation, HttpResponse<String> response, List<String> faults) {
        String pointer = operation.pointer + "/responses/" + response.statusCode();
        if (root.at(pointer).isMissingNode()) {
            faults.add("status " + response.statusCode() + " is not documented");
            return;
        }
        Located documented = follow(pointer);
        headers(documented, response, faults);
        JsonNode content = documented.node.path("content");
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
        String schema = documented.pointer + "/content/" + escape(type) + "/schema";
        JsonNode body =
                type.endsWith("json")
                        ? Json.MAPPER.readTree(response.body())
                        : JsonNodeFactory.instance.stringNode(response.body());
        validate(schema, body, "answer", faults);
    }

    private void headers(Located documented, HttpResponse<String> response, List<String> faults) {
        Set<String> known = new TreeSet<>(PLAIN_HEADERS);
        documented
                .node
                .path("headers")
                .propertyNames()
                .forEach(name -> {
                    known.add(name.toLowerCase(Locale.ROOT));
                    Located header = follow(documented.pointer + "/headers/" + escape(name));
                    Optional<String> value = response.headers().firstValue(name);
                    if (header.node.path("required").asBoolean(false) && value.isEmpty()) {
                        faults.add("header " + name + " is missing");
                    }
                    value.ifPresent(text ->
                            validate(
                                    header.pointer + "/schema",
                                    typed(header.node.path("schema"), text),
                                    "header " + name,
                                    faults));
                });
        response.headers().map().keySet().stream()
                .filter(name -> !name.startsWith(":"))
                .filter(name -> !known.contains(name.toLowerCase(Locale.ROOT)))
                .forEach(name -> faults.add("header " + name + " is not documented"));
    }

    private void request(
            Operation operation, HttpRequest request, @Nullable String body, List<String> faults) {
        Map<String, List<String>> given = query(request.uri().getRawQuery());
        JsonNode parameters = operation.node.path("parameters");
        for (int i = 0; i < parameters.size(); i++) {
            Located parameter = follow(operation.pointer + "/parameters/" + i);
            if (!parameter.node.path("in").asString().equals("query")) {
                continue;
            }
            String name = parameter.node.path("name").asString();
            List<String> values = given.remove(name);
            if (values != null) {
                JsonNode schema = parameter.node.path("schema");
                validate(
                        parameter.pointer + "/schema",
                        schema.path("type").asString("").equals("array")
                                ? array(values)
                                : typed(
                                        follow(schema, parameter.pointer + "/schema"),
                                        values.getFirst()),
                        "query " + name,
                        faults);
            }
        }
        // Others are ignored, like unknown fields of a body.
        Located requestBody = follow(operation.pointer + "/requestBody");
        if (body != null && !requestBody.node.isMissingNode()) {
            validate(
                    requestBody.pointer + "/content/application~1json/schema",
                    Json.MAPPER.readTree(body),
                    "request",
                    faults);
        }
    }

    private JsonNode follow(JsonNode schema, String pointer) {
        return schema.has("$ref") ? follow(pointer).node : schema;
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

    private void validate(String pointer, JsonNode value, String what, List<String> faults) {
        Schema schema =
                schemas.computeIfAbsent(
                        pointer, at -> registry.getSchema(SchemaLocation.of(uri + "#" + at)));
        List<Error> errors =
                schema.validate(
                        value,
                        context ->
                                context.executionConfig(
                                        config -> config.formatAssertionsEnabled(true)));
        errors.forEach(error -> faults.add(what + ": " + error));
    }
}

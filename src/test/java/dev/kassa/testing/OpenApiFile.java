package dev.kassa.testing;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** An OpenAPI file: its parts by their pointers, with references followed, and its schemas. */
final class OpenApiFile {
    static final List<OpenApiFile> ALL =
            Stream.of("ipp", "kassa", "order-management", "pos", "playground")
                    .map(OpenApiFile::new)
                    .toList();

    final String uri;

    final JsonNode root;

    final SchemaRegistry registry;

    final Map<String, Schema> schemas = new ConcurrentHashMap<>();

    OpenApiFile(String name) {
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

    Contract.Documented documented(String path, String method) {
        String pointer = "/paths/" + escape(path) + "/" + method;
        Located body = follow(pointer + "/requestBody");
        JsonNode content = body.node.path("content").path("application/json");
        List<Contract.Field> fields = new ArrayList<>();
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
        return new Contract.Documented(
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

    void fields(String prefix, JsonNode schema, List<Contract.Field> fields) {
        for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
            field(prefix + property.getKey(), merged(property.getValue()), fields);
        }
        JsonNode more = schema.path("additionalProperties");
        if (more.isObject()) {
            fields.add(new Contract.Field(prefix + "key", merged(more)));
        }
    }

    void field(String path, JsonNode schema, List<Contract.Field> fields) {
        Contract.Field field = new Contract.Field(path, schema);
        fields.add(field);
        if (field.type().equals("array")) {
            fields(path + "[0].", merged(schema.path("items")), fields);
        } else if (field.type().equals("object")) {
            fields(path + ".", schema, fields);
        }
    }

    /** A schema with its reference followed; what stands beside the reference wins. */
    JsonNode merged(JsonNode schema) {
        String reference = schema.path("$ref").asString("");
        if (reference.isEmpty()) {
            return schema;
        }
        ObjectNode merged = merged(root.at(reference.substring(1))).deepCopy().asObject();
        merged.setAll(schema.asObject());
        return merged;
    }

    /** Checks the examples at and below a node; answers how many there were. */
    int examples(String pointer, JsonNode node, List<String> faults) {
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

    static String escape(String key) {
        return key.replace("~", "~0").replace("/", "~1");
    }

    /** The node at a pointer, with a reference followed. */
    Located follow(String pointer) {
        JsonNode node = root.at(pointer);
        String reference = node.path("$ref").asString("");
        return reference.isEmpty() ? new Located(pointer, node) : follow(reference.substring(1));
    }

    record Located(String pointer, JsonNode node) {}

    void validate(String pointer, JsonNode value, String what, List<String> faults) {
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

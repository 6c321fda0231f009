package dev.kassa.invariants.fuzz;

import dev.kassa.kernel.Limits;
import dev.kassa.testing.Contract;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Values for the fields of a body: fitting ones, ones at a bound and past it, and odd ones. */
final class FuzzValues {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    /** What stands in a text for JSON that no tree can hold; see {@link #raw}. */
    private static final String RAW = "@raw:";

    /** JSON that is odd, and what is nearly JSON. */
    private static final List<String> ODD =
            List.of(
                    "null",
                    "true",
                    "false",
                    "-1",
                    "0",
                    "-0",
                    "-0.0",
                    "1.0",
                    "1.5",
                    "1e0",
                    "1E2",
                    "1e400",
                    "1e-400",
                    "1e999999999",
                    "1e99999999999999999999",
                    "1e2147483647",
                    "10e2147483647",
                    "1e-2147483647",
                    "1e-2147483648",
                    "0e2147483647",
                    "0.0e-2147483647",
                    "-1e1000000",
                    "0." + "0".repeat(900) + "1",
                    "9".repeat(900),
                    "9".repeat(2000),
                    "2147483647",
                    "2147483648",
                    "9223372036854775807",
                    "9223372036854775808",
                    "-9223372036854775808",
                    "99999999999999999999999",
                    "01",
                    "+1",
                    ".5",
                    "1.",
                    "0x10",
                    "NaN",
                    "Infinity",
                    "-Infinity",
                    "undefined",
                    "tru",
                    "'x'",
                    "\"",
                    "\"\\x\"",
                    "\"\\u12\"",
                    "\"\n\"",
                    "[]",
                    "{}",
                    "[null]",
                    "[[[[]]]]",
                    "[1,]",
                    "{\"\": {\"\": \"\"}}",
                    "{\"x\": 1, \"x\": 2}",
                    "{\"__proto__\": {}}",
                    "[" + "{},".repeat(1200) + "{}]",
                    "\"\"",
                    "\" \"",
                    "\"\\u0000\"",
                    "\"\\u0000x\"",
                    "\"\\ud800\"",
                    "\"\\udc00\\ud800\"",
                    "\"\\ufffe\\uffff\"",
                    "\"\\ufeff\"",
                    "\"\\u202e\\u200b\"",
                    "\"\ud83d\ude00\"",
                    "\"e" + "\u0301".repeat(300) + "\"",
                    "\"\\t\\n\\r\\f\\b\\u001b[31m\"",
                    "\"2024-13-45T99:99:99Z\"",
                    "\"0000-01-01T00:00:00Z\"",
                    "\"-999999999-01-01T00:00:00Z\"",
                    "\"2016-12-31T23:59:60Z\"",
                    "\"9999-12-31T23:59:59.999999999+18:00\"",
                    "\"1-1-1-1-1\"",
                    "\"SEK\"",
                    "\"sek\"",
                    "\"XTS\"",
                    "\"<script>alert(1)</script>\"",
                    "\"'; drop table session;--\"",
                    "\"${jndi:ldap://127.0.0.1/x}\"",
                    "\"%s%n%1$s{0}\"",
                    "\"http://[::1]:99999/\"",
                    "\"http://\\u0130.example/\"",
                    "\"https://user:password@shop.example/#x\"",
                    "\"https://shop.example/\\u0000\"",
                    "\"file:///etc/passwd\"",
                    "\"" + "x".repeat(7000) + "\"");

    private static final List<String> TIMES =
            List.of(
                    "2024-01-15T10:30:00Z",
                    "2024-01-15t10:30:00z",
                    "2024-01-15T10:30Z",
                    "2024-01-15T10:30:00.123456789+01:00",
                    "0001-01-01T00:00:00Z",
                    "9999-12-31T23:59:59Z");

    private final FuzzRandom random;

    FuzzValues(FuzzRandom random) {
        this.random = random;
    }

    /** A value that the field's schema allows, and which exists where it must. */
    JsonNode fitting(Contract.Field field, FuzzOwner owner) {
        return switch (field.path().replaceFirst(".*\\.", "")) {
            case "device_id" -> text(owner.thing(random, "device").id("id"));
            case "location_id" -> text(owner.thing(random, "location").id("id"));
            case "enrollment_code" -> {
                FuzzOwner.Thing enrollment = owner.thing(random, "enrollment");
                yield text(enrollment.ids().getOrDefault("code", "K7QMX4RT"));
            }
            case "hardware_id" -> text(UUID.randomUUID().toString());
            case "captured_amount", "refunded_amount" -> NODES.numberNode(1 + random.below(1000));
            case "delay_ms" -> NODES.numberNode(random.below(3));
            case "url" -> text("https://shop.example/" + random.below(1000));
            default -> ofSchema(field);
        };
    }

    private JsonNode ofSchema(Contract.Field field) {
        JsonNode schema = field.schema();
        if (schema.has("enum")) {
            return random.of(schema.path("enum").valueStream().toList());
        }
        return switch (field.type()) {
            case "integer", "number" -> number(schema);
            case "boolean" -> NODES.booleanNode(random.chance(50));
            case "array" -> NODES.arrayNode();
            case "object" -> NODES.objectNode();
            default -> field.isTime() ? text(random.of(TIMES)) : text(word(schema));
        };
    }

    private JsonNode number(JsonNode schema) {
        long least = schema.path("minimum").asLong(0);
        long most = Math.min(schema.path("maximum").asLong(1000), least + 1000);
        return NODES.numberNode(least + random.below((int) Math.max(1, most - least)));
    }

    private String word(JsonNode schema) {
        int most = schema.path("maxLength").asInt(20);
        int length = Math.max(schema.path("minLength").asInt(0), Math.min(most, 2));
        return random.text("K", "\u00e5", "\ud83d\ude00", "7").repeat(length);
    }

    /** At a bound that the schema names, or one past it. */
    JsonNode bound(Contract.Field field) {
        JsonNode schema = field.schema();
        List<JsonNode> bounds = new ArrayList<>();
        // A delay would be waited for.
        if (field.path().endsWith("delay_ms")) {
            return NODES.numberNode(random.chance(50) ? -1 : schema.path("maximum").asInt() + 1);
        }
        for (String name : List.of("minimum", "maximum")) {
            if (schema.path(name).isIntegralNumber()) {
                BigInteger bound = schema.path(name).bigIntegerValue();
                bounds.add(NODES.numberNode(bound));
                bounds.add(NODES.numberNode(bound.add(BigInteger.ONE)));
                bounds.add(NODES.numberNode(bound.subtract(BigInteger.ONE)));
            }
        }
        for (String name : List.of("minLength", "maxLength")) {
            int length = schema.path(name).asInt(0);
            if (length > 0) {
                String one = random.text("x", "\u00e5", "\ud83d\ude00", "\\", "\u0001", "<");
                bounds.add(text(one.repeat(length)));
                bounds.add(text(one.repeat(length + 1)));
                bounds.add(text(one.repeat(length - 1)));
            }
        }
        if (schema.has("enum")) {
            String one = random.of(schema.path("enum").valueStream().toList()).asString("");
            bounds.add(text(one.toLowerCase(Locale.ROOT)));
            bounds.add(text(one + " "));
        }
        return bounds.isEmpty() ? odd() : random.of(bounds);
    }

    JsonNode odd() {
        int which = random.below(ODD.size() + 1);
        return which == ODD.size()
                ? text(new String(new int[] {random.below(0x110000)}, 0, 1))
                : text(RAW + which + "@");
    }

    /** As many levels as JSON may have, or one or many more. */
    JsonNode deep() {
        int depth = List.of(Limits.JSON_DEPTH - 2, Limits.JSON_DEPTH, 65, 300).get(random.below(4));
        JsonNode node = NODES.nullNode();
        for (int i = 0; i < depth; i++) {
            node =
                    random.chance(50)
                            ? NODES.arrayNode().add(node)
                            : NODES.objectNode().set("x", node);
        }
        return node;
    }

    /** The JSON of a tree, with what no tree can hold. */
    static String raw(JsonNode tree) {
        String json = tree.toString();
        for (int from = json.indexOf(RAW); from >= 0; from = json.indexOf(RAW, from)) {
            int end = json.indexOf('@', from + 1);
            String odd = ODD.get(Integer.parseInt(json.substring(from + RAW.length(), end)));
            json = json.substring(0, from - 1) + odd + json.substring(end + 2);
        }
        return json;
    }

    private static JsonNode text(String text) {
        return NODES.stringNode(text);
    }
}

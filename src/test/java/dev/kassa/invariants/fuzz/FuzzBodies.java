package dev.kassa.invariants.fuzz;

import dev.kassa.kernel.Limits;
import dev.kassa.payment.simulator.SignedCallbacks;
import dev.kassa.testing.Bytes;
import dev.kassa.testing.Contract;
import dev.kassa.testing.TestClient;
import dev.kassa.testing.ValidRequests;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Bodies: the example of the OpenAPI file, then broken in its fields, its structure, its bytes. */
final class FuzzBodies {
    private final FuzzRandom random;
    private final FuzzValues values;

    FuzzBodies(FuzzRandom random) {
        this.random = random;
        values = new FuzzValues(random);
    }

    /** A body, and whether it is compressed. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Body(byte[] bytes, boolean zipped) {
        private Body(byte[] bytes) {
            this(bytes, false);
        }

        private Body(String text) {
            this(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    static final Body NONE = new Body(new byte[0]);

    Body of(Contract.Documented operation, FuzzOwner owner) {
        ObjectNode tree = valid(operation, owner);
        int broken = random.below(100);
        if (broken < 85) {
            int changes = broken < 40 ? 0 : broken < 70 ? 1 : 1 + random.below(4);
            for (int i = 0; i < changes; i++) {
                change(tree, operation, owner);
            }
            String json = FuzzValues.raw(tree);
            return new Body(random.chance(30) ? Bytes.escaped(json) : json);
        }
        String json = FuzzValues.raw(tree);
        return broken < 93 ? restructured(json) : encoded(json);
    }

    /** What a provider tells, true or not, broken now and then. */
    Body callback(FuzzOwner.Thing attempt) {
        String status =
                random.text(
                        "APPROVED", "DECLINED", "FAILED", "CANCELLED", "AWAITING_CARD", "X", "");
        String json = SignedCallbacks.body(UUID.fromString(attempt.id("attempt_id")), status);
        return switch (random.below(10)) {
            case 0 -> restructured(json);
            case 1 -> encoded(json);
            case 2, 3 ->
                    new Body(json.replaceFirst("\"(key|status|decline_code|card)\": [^,{]*,", ""));
            case 4 ->
                    new Body(
                            json.replaceFirst(
                                    "(?s)\\{[^{}]*}", random.text("null", "{}", "[]", "1")));
            case 5 -> new Body(json.replace("reference", "x"));
            default -> new Body(json);
        };
    }

    /** Something in place of a body that an operation does not read. */
    Body unasked() {
        return random.chance(80)
                ? NONE
                : new Body(random.text("{}", "x", "null", "a=b", "[".repeat(99)));
    }

    /** The example, turned to what exists, with a few more of the fields that it may have. */
    private ObjectNode valid(Contract.Documented operation, FuzzOwner owner) {
        ObjectNode tree =
                operation.example() instanceof ObjectNode example
                        ? example.deepCopy()
                        : JsonNodeFactory.instance.objectNode();
        boolean more = random.chance(40);
        for (Contract.Field field : operation.fields()) {
            boolean there = tree.has(field.path());
            boolean mustExist =
                    List.of("device_id", "location_id", "enrollment_code", "hardware_id")
                                    .contains(field.path())
                            || field.path().endsWith("ed_amount")
                            || (field.path().equals("name")
                                    && operation.path().contains("webhook"));
            if ((there && mustExist) || (!there && more && random.chance(6))) {
                set(tree, field, values.fitting(field, owner));
            }
        }
        if (tree.has("method")) {
            tree.put("method", random.text("tap_to_pay", "tap_to_pay", "swish", "klarna", "vipps"));
        }
        return tree;
    }

    private static void set(ObjectNode tree, Contract.Field field, JsonNode value) {
        try {
            var _ =
                    new ValidRequests.Ready(
                                    new TestClient(URI.create("http://x/"), null), "", "", tree)
                            .with(field.path(), value);
        } catch (ClassCastException e) {
            // What it would stand in is something else by now.
        }
    }

    private void change(ObjectNode tree, Contract.Documented operation, FuzzOwner owner) {
        List<Contract.Field> fields = operation.fields();
        int kind = random.below(100);
        if (fields.isEmpty() || kind < 8) {
            tree.set(random.text("extra", "", "Name", "__proto__", "a.b", "x[0]"), values.odd());
            return;
        }
        Contract.Field field = random.of(fields);
        if (kind < 45) {
            set(tree, field, values.bound(field));
        } else if (kind < 75) {
            set(tree, field, values.odd());
        } else if (kind < 80) {
            set(tree, field, values.fitting(field, owner));
        } else if (kind < 83) {
            set(tree, field, values.deep());
        } else if (kind < 90 && !tree.isEmpty()) {
            tree.remove(random.of(List.copyOf(tree.propertyNames())));
        } else {
            repeat(tree);
        }
    }

    /** The first entry of a list, many times. */
    private void repeat(ObjectNode tree) {
        List<ArrayNode> lists = new ArrayList<>();
        tree.forEach(node -> {
            if (node instanceof ArrayNode list && !list.isEmpty()) {
                lists.add(list);
            }
        });
        if (!lists.isEmpty()) {
            ArrayNode list = random.of(lists);
            int times = List.of(1, 5, 60).get(random.below(3));
            for (int i = 0; i < times; i++) {
                list.add(list.get(0).deepCopy());
            }
        }
    }

    private Body restructured(String json) {
        return switch (random.below(16)) {
            case 0 -> new Body(json.substring(0, random.below(json.length())));
            case 1 -> new Body(json + random.text(",", "}", "{}", " null", "x", "\u0000", json));
            case 2 -> new Body(json.replaceFirst("\\{", "{\"name\": 1, \"name\": 2, "));
            case 3 -> new Body("[" + json + "]");
            case 4 -> new Body("[".repeat(random.below(5000)) + json);
            case 5 -> new Body("{\"x\":".repeat(random.below(2000)) + json);
            case 6 ->
                    new Body(random.text("", " ", "\n", "null", "true", "1", "\"x\"", "[]", "{}"));
            case 7 -> new Body(random.text("a=b", "name=Till&x=%zz", "--x\r\n\r\n--x--", "<a/>"));
            case 8 -> new Body("{/* */" + json.substring(1));
            case 9 -> new Body(json.replace('"', '\''));
            case 10 -> new Body(json.replace(":", "="));
            case 11 -> new Body("{" + "\"k\":1,".repeat(random.below(2000)) + "\"k\":1}");
            case 12 -> new Body("{\"" + "k".repeat(random.below(15_000)) + "\": 1}");
            case 13 -> new Body(" ".repeat(random.below(9000)) + json + "\n".repeat(9));
            case 14 -> new Body("[" + "1,".repeat(random.below(8000)) + "1]");
            default -> random.chance(10) ? large() : new Body(json.toUpperCase(Locale.ROOT));
        };
    }

    /** Over every limit. */
    private Body large() {
        return new Body("{\"x\": \"" + "x".repeat(Limits.ORDER_LINES_BODY_BYTES) + "\"}");
    }

    private Body encoded(String json) {
        byte[] plain = json.getBytes(StandardCharsets.UTF_8);
        return switch (random.below(8)) {
            case 0 -> new Body(json.getBytes(charset()));
            case 1 -> new Body("\ufeff" + json);
            case 2 -> new Body(Bytes.joined("{\"x\": \"", overlong(), "\"," + json.substring(1)));
            case 3 -> new Body(Bytes.joined("", overlong(), json));
            case 4 -> new Body(Arrays.copyOf(plain, random.below(plain.length)));
            case 5 -> new Body(random.bytes(random.below(300)));
            case 6 -> new Body(noise(plain));
            default -> new Body(zipped(plain), true);
        };
    }

    private Charset charset() {
        return random.of(
                List.of(
                        StandardCharsets.UTF_16,
                        StandardCharsets.UTF_16LE,
                        StandardCharsets.UTF_16BE,
                        StandardCharsets.UTF_32,
                        StandardCharsets.UTF_32LE,
                        StandardCharsets.ISO_8859_1));
    }

    private byte[] overlong() {
        int[][] forms = {
            {0xC1, 0x81},
            {0xC0, 0xA2},
            {0xC0, 0x80},
            {0xE0, 0x81, 0xA1},
            {0xED, 0xA0, 0x80},
            {0xF4, 0x90, 0x80, 0x80},
            {0xC3},
            {0x80},
            {0xFF},
            {0xFE, 0xFF},
            {0}
        };
        int[] form = forms[random.below(forms.length)];
        byte[] bytes = new byte[form.length];
        for (int i = 0; i < form.length; i++) {
            bytes[i] = (byte) form[i];
        }
        return bytes;
    }

    private byte[] noise(byte[] bytes) {
        for (int i = 0; i < 1 + random.below(5); i++) {
            bytes[random.below(bytes.length)] = (byte) random.below(256);
        }
        return bytes;
    }

    private static byte[] zipped(byte[] plain) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
            zip.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}

package dev.kassa.http;

import dev.kassa.kernel.Limits;
import dev.kassa.kernel.Problem;
import dev.kassa.kernel.Text;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Reads the fields of a JSON object, noting every fault under its wire path. A getter that notes a
 * fault answers a harmless stand-in (zero, an empty text, null), so that reading goes on and the
 * caller hears of all faults at once; {@link RequestErrors#throwIfAny} then stops before the
 * stand-ins are used. Unknown fields are ignored, and an explicit null is an absent value. A whole
 * number where a text is wanted is its text (ruling R12).
 *
 * <p>What is said of a fault is a predicate, such as {@code must be true or false}; {@link
 * ErrorMessages} makes a sentence of it and of the path.
 */
public final class JsonObject {
    private static final String REQUIRED = "is missing";

    private final JsonNode node;
    private final String prefix;
    private final RequestErrors faults;
    private final boolean lenient;

    private JsonObject(JsonNode node, String prefix, RequestErrors faults, boolean lenient) {
        this.node = node;
        this.prefix = prefix;
        this.faults = faults;
        this.lenient = lenient;
    }

    /** Parses a body; throws {@link Problem} when it is not one JSON object. */
    public static JsonObject parse(byte[] body) {
        JsonNode node = JsonBody.parse(body);
        if (!node.isObject()) {
            throw Problem.unreadable("The body must be a JSON object, not " + kind(node) + ".");
        }
        return new JsonObject(node, "", new RequestErrors(), false);
    }

    /** The fields of a page's form, held to the same rules as those of a body. */
    public static JsonObject of(Map<String, ?> fields) {
        return new JsonObject(Json.MAPPER.valueToTree(fields), "", new RequestErrors(), false);
    }

    /**
     * The same object for fields that nothing depends on: what cannot be read is left out, and what
     * is too long is cut, without a fault.
     */
    public JsonObject lenient() {
        return new JsonObject(node, prefix, new RequestErrors(), true);
    }

    /** The faults noted by this object and all objects read from it. */
    public RequestErrors faults() {
        return faults;
    }

    /** The wire path of a field of this object. */
    public String path(String field) {
        return prefix + field;
    }

    /** Notes a fault of a field of this object. */
    public void fault(String field, String message) {
        faults.add(path(field), message);
    }

    private @Nullable JsonNode value(String field) {
        JsonNode value = node.get(field);
        return value == null || value.isNull() ? null : value;
    }

    /** A required amount in minor units, from {@code least} to {@link Limits#AMOUNT}. */
    public long requiredAmount(String field, long least) {
        return longWithin(field, least, Limits.AMOUNT, true).orElse(0);
    }

    /** An amount in minor units, of either sign and within the limit, that may be absent. */
    public @Nullable Long optionalAmount(String field) {
        OptionalLong value = longWithin(field, -Limits.AMOUNT, Limits.AMOUNT, false);
        return value.isPresent() ? value.getAsLong() : null;
    }

    /** A required whole number within bounds. */
    public long requiredLong(String field, long least, long most) {
        return longWithin(field, least, most, true).orElse(0);
    }

    /** A required whole number within bounds that fit 32 bits. */
    public int requiredInt(String field, int least, int most) {
        return (int) longWithin(field, least, most, true).orElse(0);
    }

    /** A whole number of 64 bits that may be absent. */
    public OptionalLong optionalLong(String field) {
        return longWithin(field, Long.MIN_VALUE, Long.MAX_VALUE, false);
    }

    /**
     * A number between {@code -most} and {@code most}, perhaps with a fraction of at most {@link
     * Limits#FRACTION_DIGITS} digits; may be absent.
     */
    public @Nullable BigDecimal optionalNumber(String field, int most) {
        JsonNode value = value(field);
        if (value == null) {
            return null;
        }
        if (!value.isNumber() || !JsonNumbers.isWithin(value.decimalValue(), most)) {
            fault(field, "must be a number between -" + most + " and " + most);
            return null;
        }
        BigDecimal number = value.decimalValue();
        return number.signum() == 0 ? BigDecimal.ZERO : number;
    }

    /** A whole number within bounds that may be absent. */
    public OptionalLong optionalLong(String field, long least, long most) {
        return longWithin(field, least, most, false);
    }

    /** A whole number within bounds that fit 32 bits, and that may be absent. */
    public OptionalInt optionalInt(String field, int least, int most) {
        OptionalLong value = longWithin(field, least, most, false);
        return value.isPresent() ? OptionalInt.of((int) value.getAsLong()) : OptionalInt.empty();
    }

    private OptionalLong longWithin(String field, long least, long most, boolean required) {
        JsonNode value = value(field);
        if (value == null) {
            if (required) {
                fault(field, REQUIRED);
            }
            return OptionalLong.empty();
        }
        if (!value.isNumber() || !JsonNumbers.isWhole(value.decimalValue())) {
            fault(field, "must be a whole number such as 1, not " + kind(value));
            return OptionalLong.empty();
        }
        BigDecimal number = value.decimalValue();
        if (number.compareTo(BigDecimal.valueOf(least)) < 0
                || number.compareTo(BigDecimal.valueOf(most)) > 0) {
            fault(field, "must be between " + least + " and " + most);
            return OptionalLong.empty();
        }
        return OptionalLong.of(number.longValueExact());
    }

    /** A required text of at most {@code limit} characters with something to see. */
    public String requiredText(String field, int limit) {
        if (value(field) == null) {
            fault(field, REQUIRED);
            return "";
        }
        String text = optionalName(field, limit);
        return text == null ? "" : text;
    }

    /** A text of at most {@code limit} characters with something to see, that may be absent. */
    public @Nullable String optionalName(String field, int limit) {
        String text = optionalText(field, limit);
        if (text != null && Text.isBlank(text)) {
            fault(field, "must not be blank: it needs a character that can be seen");
        }
        return text;
    }

    /** A text of at most {@code limit} characters that may be absent. */
    public @Nullable String optionalText(String field, int limit) {
        JsonNode value = value(field);
        if (value == null) {
            return null;
        }
        return text(path(field), value, limit);
    }

    private @Nullable String text(String path, JsonNode value, int limit) {
        if (!value.isString() && !value.isIntegralNumber()) {
            faults.add(path, "must be a text, not " + kind(value));
            return null;
        }
        String text = value.asString();
        if (lenient) {
            return Text.storable(text, limit);
        }
        if (text.codePointCount(0, text.length()) > limit) {
            faults.add(path, "must have at most " + limit + " characters");
            return null;
        }
        if (!Text.isStorable(text)) {
            faults.add(path, "must be valid Unicode without the character U+0000");
            return null;
        }
        return text;
    }

    /** True or false, or {@code absent} when it is not there. */
    public boolean flag(String field, boolean absent) {
        JsonNode value = value(field);
        if (value == null) {
            return absent;
        }
        if (!value.isBoolean()) {
            fault(field, "must be true or false, not " + kind(value));
            return absent;
        }
        return value.booleanValue();
    }

    /**
     * A non-empty array of texts, each one of {@code known}, that may be absent. The order given is
     * kept, and what is given twice is there once.
     */
    public @Nullable List<String> optionalTexts(String field, Set<String> known) {
        JsonNode value = value(field);
        if (value == null) {
            return null;
        }
        if (!value.isArray() || value.isEmpty()) {
            fault(field, "must be a list of at least one text, or be left out");
            return null;
        }
        Set<String> texts = new LinkedHashSet<>();
        for (int i = 0; i < value.size(); i++) {
            JsonNode entry = value.get(i);
            if (entry.isString() && known.contains(entry.stringValue())) {
                texts.add(entry.stringValue());
            } else {
                faults.add(
                        path(field) + "[" + i + "]", "must be one of " + String.join(", ", known));
            }
        }
        return List.copyOf(texts);
    }

    /** A required value in the form that {@code parser} reads, such as a typed id. */
    public <T> @Nullable T required(String field, String form, Function<String, T> parser) {
        if (value(field) == null) {
            fault(field, REQUIRED);
            return null;
        }
        return optional(field, form, parser);
    }

    /**
     * A value in the form that {@code parser} reads, which may be absent. {@code form} says in
     * words what was expected; the parser throws {@link RuntimeException} on anything else.
     */
    public <T> @Nullable T optional(String field, String form, Function<String, T> parser) {
        JsonNode value = value(field);
        if (value == null) {
            return null;
        }
        if (!value.isString()) {
            fault(field, "must be " + form + ", not " + kind(value));
            return null;
        }
        try {
            return parser.apply(value.stringValue());
        } catch (IllegalArgumentException | DateTimeException e) {
            fault(field, "must be " + form);
            return null;
        }
    }

    /** A required point in time; see {@link Times}. */
    public Instant requiredInstant(String field) {
        Instant instant = required(field, Times.FORM, Times::parse);
        return instant == null ? Instant.EPOCH : instant;
    }

    /** A point in time that may be absent; see {@link Times}. */
    public @Nullable Instant optionalInstant(String field) {
        return optional(field, Times.FORM, Times::parse);
    }

    /** A map of text to text that may be absent (then empty), within the metadata limits. */
    public Map<String, String> metadata(String field) {
        JsonNode value = value(field);
        if (value == null) {
            return Map.of();
        }
        if (!value.isObject()) {
            fault(field, "must be an object whose values are texts, not " + kind(value));
            return Map.of();
        }
        if (value.size() > Limits.METADATA_KEYS) {
            fault(field, "must have at most " + Limits.METADATA_KEYS + " entries");
            return Map.of();
        }
        Map<String, String> metadata = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : value.properties()) {
            String key = entry.getKey();
            if (key.isEmpty()
                    || key.codePointCount(0, key.length()) > Limits.METADATA_KEY_CHARS
                    || !Text.isStorable(key)) {
                fault(field, "must have keys of 1 to " + Limits.METADATA_KEY_CHARS + " characters");
                continue;
            }
            String text =
                    text(path(field) + "." + key, entry.getValue(), Limits.METADATA_VALUE_CHARS);
            if (text != null) {
                metadata.put(key, text);
            }
        }
        return metadata;
    }

    /** A required, non-empty array of objects, each read under its own path {@code field[i]}. */
    public <T> List<T> requiredList(String field, int limit, Function<JsonObject, T> reader) {
        JsonNode value = value(field);
        if (value == null) {
            fault(field, REQUIRED);
            return List.of();
        }
        if (!value.isArray()) {
            fault(field, "must be a list, not " + kind(value));
            return List.of();
        }
        if (value.isEmpty() || value.size() > limit) {
            fault(field, "must have between 1 and " + limit + " entries");
            return List.of();
        }
        return list(field, value, limit, reader);
    }

    /** An array of at most {@code limit} objects that may be absent, each read under its path. */
    public <T> @Nullable List<T> optionalList(
            String field, int limit, Function<JsonObject, T> reader) {
        JsonNode value = value(field);
        if (value == null) {
            return null;
        }
        if (!value.isArray()) {
            fault(field, "must be a list, not " + kind(value));
            return null;
        }
        if (value.size() > limit && !lenient) {
            fault(field, "must have at most " + limit + " entries");
            return null;
        }
        return list(field, value, limit, reader);
    }

    /** An object that may be absent, read under its path. */
    public <T> @Nullable T optionalObject(String field, Function<JsonObject, T> reader) {
        JsonNode value = value(field);
        if (value == null) {
            return null;
        }
        if (!value.isObject()) {
            fault(field, "must be an object, not " + kind(value));
            return null;
        }
        return reader.apply(new JsonObject(value, path(field) + ".", faults, lenient));
    }

    private <T> List<T> list(
            String field, JsonNode value, int limit, Function<JsonObject, T> reader) {
        int size = Math.min(value.size(), limit);
        List<T> list = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            String path = path(field) + "[" + i + "]";
            if (value.get(i).isObject()) {
                list.add(reader.apply(new JsonObject(value.get(i), path + ".", faults, lenient)));
            } else {
                faults.add(path, "must be an object, not " + kind(value.get(i)));
            }
        }
        return list;
    }

    private static String kind(JsonNode value) {
        return switch (value.getNodeType()) {
            case ARRAY -> "a list";
            case OBJECT, POJO -> "an object";
            case BOOLEAN -> "true or false";
            case NUMBER -> value.isIntegralNumber() ? "a number" : "a number with a fraction";
            case STRING, BINARY -> "a text";
            case NULL, MISSING -> "null";
        };
    }
}

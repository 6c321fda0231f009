package dev.kassa.http;

import dev.kassa.kernel.Limits;
import dev.kassa.kernel.Problem;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.exc.MismatchedInputException;

/**
 * Reads the fields of a JSON object, noting every fault under its wire path. A getter that notes a
 * fault answers a harmless stand-in (zero, an empty text, null), so that reading goes on and the
 * caller hears of all faults at once; {@link Faults#throwIfAny} then stops before the stand-ins are
 * used. Unknown fields are ignored, and an explicit null is an absent value.
 */
public final class JsonObject {
    private static final String REQUIRED = "must not be null";
    private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999999999Z");
    private static final Pattern RFC_3339 =
            Pattern.compile(
                    "\\d{4}-\\d\\d-\\d\\d[Tt]\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?([Zz]|[+-]\\d\\d:\\d\\d)");

    private final JsonNode node;
    private final String prefix;
    private final Faults faults;

    private JsonObject(JsonNode node, String prefix, Faults faults) {
        this.node = node;
        this.prefix = prefix;
        this.faults = faults;
    }

    /** Parses a body; throws {@link Problem} when it is not one JSON object. */
    public static JsonObject parse(byte[] body) {
        JsonNode node;
        try {
            node = Json.MAPPER.readTree(body);
        } catch (JacksonException e) {
            var at = e.getLocation();
            String where =
                    at == null || at.getLineNr() < 0
                            ? ""
                            : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
            throw Problem.unreadable("The body is not valid JSON" + where + ": " + reason(e));
        }
        if (node == null || node.isMissingNode()) {
            throw Problem.unreadable("The body is empty; send a JSON object.");
        }
        if (!node.isObject()) {
            throw Problem.unreadable("The body must be a JSON object, not " + kind(node) + ".");
        }
        return new JsonObject(node, "", new Faults());
    }

    private static String reason(JacksonException e) {
        if (e instanceof StreamConstraintsException) {
            return "it is nested too deep, has more than "
                    + Limits.JSON_TOKENS
                    + " values and names, or holds a number or a name that is too long.";
        }
        if (e instanceof MismatchedInputException) {
            return "an object names a key twice.";
        }
        String message = String.valueOf(e.getOriginalMessage());
        return message.lines().findFirst().orElse("unreadable").replaceAll("\\s*\\(.*", "") + ".";
    }

    /** The faults noted by this object and all objects read from it. */
    public Faults faults() {
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

    /** A required whole number of 64 bits. */
    public long requiredLong(String field) {
        return longWithin(field, Long.MIN_VALUE, Long.MAX_VALUE, true).orElse(0);
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
        if (!value.isIntegralNumber()) {
            fault(field, "must be a whole number, not " + kind(value));
            return OptionalLong.empty();
        }
        if (!value.canConvertToLong() || value.longValue() < least || value.longValue() > most) {
            fault(field, "must be between " + least + " and " + most);
            return OptionalLong.empty();
        }
        return OptionalLong.of(value.longValue());
    }

    /** A required, non-empty text of at most {@code limit} characters. */
    public String requiredText(String field, int limit) {
        if (value(field) == null) {
            fault(field, REQUIRED);
            return "";
        }
        String text = optionalName(field, limit);
        return text == null ? "" : text;
    }

    /** A non-empty text of at most {@code limit} characters that may be absent. */
    public @Nullable String optionalName(String field, int limit) {
        String text = optionalText(field, limit);
        if (text != null && isBlank(text)) {
            fault(field, "must not be empty");
        }
        return text;
    }

    /** Also of the no-break spaces, which {@link String#isBlank} does not count. */
    private static boolean isBlank(String text) {
        return text.codePoints()
                .allMatch(c -> Character.isWhitespace(c) || Character.isSpaceChar(c));
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
        if (!value.isString()) {
            faults.add(path, "must be a string, not " + kind(value));
            return null;
        }
        String text = value.stringValue();
        if (text.codePointCount(0, text.length()) > limit) {
            faults.add(path, "must be at most " + limit + " characters");
            return null;
        }
        if (!isStorable(text)) {
            faults.add(path, "must be valid Unicode without the character U+0000");
            return null;
        }
        return text;
    }

    /** PostgreSQL keeps neither NUL nor half of a surrogate pair. */
    static boolean isStorable(String text) {
        return text.codePoints()
                .noneMatch(c ->
                        c == 0 || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE));
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
            fault(field, "must be a non-empty array of strings, or absent");
            return null;
        }
        Set<String> texts = new LinkedHashSet<>();
        for (int i = 0; i < value.size(); i++) {
            JsonNode entry = value.get(i);
            if (entry.isString() && known.contains(entry.stringValue())) {
                texts.add(entry.stringValue());
            } else {
                faults.add(path(field) + "[" + i + "]", "must be one of " + known);
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

    /** A required point in time, ISO 8601 with an offset. */
    public Instant requiredInstant(String field) {
        Instant instant = required(field, INSTANT_FORM, JsonObject::instant);
        return instant == null ? Instant.EPOCH : instant;
    }

    /** A point in time, ISO 8601 with an offset, that may be absent. */
    public @Nullable Instant optionalInstant(String field) {
        return optional(field, INSTANT_FORM, JsonObject::instant);
    }

    private static final String INSTANT_FORM =
            "a date-time with an offset, such as 2024-01-15T10:30:00Z";

    private static Instant instant(String text) {
        if (!RFC_3339.matcher(text).matches()) {
            throw new DateTimeException("not of RFC 3339");
        }
        Instant instant = OffsetDateTime.parse(text.toUpperCase(Locale.ROOT)).toInstant();
        if (instant.isBefore(EARLIEST) || instant.isAfter(LATEST)) {
            throw new DateTimeException("a year of other than four digits in UTC");
        }
        return instant.truncatedTo(ChronoUnit.MICROS);
    }

    /** A map of text to text that may be absent (then empty), within the metadata limits. */
    public Map<String, String> metadata(String field) {
        JsonNode value = value(field);
        if (value == null) {
            return Map.of();
        }
        if (!value.isObject()) {
            fault(field, "must be an object of strings, not " + kind(value));
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
                    || !isStorable(key)) {
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
            fault(field, "must be an array, not " + kind(value));
            return List.of();
        }
        if (value.isEmpty() || value.size() > limit) {
            fault(field, "must have between 1 and " + limit + " entries");
            return List.of();
        }
        return list(field, value, reader);
    }

    /** An array of at most {@code limit} objects that may be absent, each read under its path. */
    public <T> @Nullable List<T> optionalList(
            String field, int limit, Function<JsonObject, T> reader) {
        JsonNode value = value(field);
        if (value == null) {
            return null;
        }
        if (!value.isArray()) {
            fault(field, "must be an array, not " + kind(value));
            return null;
        }
        if (value.size() > limit) {
            fault(field, "must have at most " + limit + " entries");
            return null;
        }
        return list(field, value, reader);
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
        return reader.apply(new JsonObject(value, path(field) + ".", faults));
    }

    private <T> List<T> list(String field, JsonNode value, Function<JsonObject, T> reader) {
        List<T> list = new ArrayList<>(value.size());
        for (int i = 0; i < value.size(); i++) {
            String path = path(field) + "[" + i + "]";
            if (value.get(i).isObject()) {
                list.add(reader.apply(new JsonObject(value.get(i), path + ".", faults)));
            } else {
                faults.add(path, "must be an object, not " + kind(value.get(i)));
            }
        }
        return list;
    }

    private static String kind(JsonNode value) {
        return switch (value.getNodeType()) {
            case ARRAY -> "an array";
            case OBJECT, POJO -> "an object";
            case BOOLEAN -> "a boolean";
            case NUMBER -> value.isIntegralNumber() ? "a number" : "a number with a fraction";
            case STRING, BINARY -> "a string";
            case NULL, MISSING -> "null";
        };
    }
}

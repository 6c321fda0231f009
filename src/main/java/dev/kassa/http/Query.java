package dev.kassa.http;

import dev.kassa.kernel.Limits;
import dev.kassa.kernel.Problem;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the parameters of the query string, or the fields of a form, noting every fault; see {@link
 * JsonObject}. What a form in the body says is no parameter of the query.
 */
public final class Query {
    private static final int DEFAULT_PAGE_SIZE = 20;
    private static final Pattern WHOLE_NUMBER = Pattern.compile("\\d{1,10}");

    private final Map<String, List<String>> parameters = new LinkedHashMap<>();
    private final Faults faults = new Faults();

    /** {@code queryString}: as sent; throws {@link Problem} when it cannot be decoded. */
    Query(@Nullable String queryString) {
        if (queryString == null) {
            return;
        }
        for (String pair : queryString.split("&", -1)) {
            String[] parts = pair.split("=", 2);
            parameters
                    .computeIfAbsent(decode(parts[0]), name -> new ArrayList<>())
                    .add(parts.length < 2 ? "" : decode(parts[1]));
        }
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw Problem.unreadable("The query string or the form cannot be decoded.");
        }
    }

    private @Nullable String single(String name) {
        List<String> values = parameters.get(name);
        if (values == null) {
            return null;
        }
        if (values.size() > 1) {
            faults.add(name, "must be given once");
        }
        return values.getFirst();
    }

    /** The faults noted so far. */
    public Faults faults() {
        return faults;
    }

    /** Throws what was gathered, if anything was. */
    public void throwIfAny() {
        faults.throwIfAny();
    }

    /** {@code page_number} and {@code page_size}. */
    public Paging paging() {
        return new Paging(
                number("page_number", 0, Integer.MAX_VALUE, 0),
                number("page_size", 1, Limits.PAGE_SIZE, DEFAULT_PAGE_SIZE));
    }

    /** A whole number within bounds. */
    public int number(String name, int least, int most, int absent) {
        String text = single(name);
        if (text == null) {
            return absent;
        }
        long value = WHOLE_NUMBER.matcher(text).matches() ? Long.parseLong(text) : -1;
        if (value < least || value > most) {
            faults.add(name, "must be a whole number between " + least + " and " + most);
            return absent;
        }
        return (int) value;
    }

    /** {@code true} or {@code false}. */
    public boolean flag(String name, boolean absent) {
        String text = single(name);
        if (text == null) {
            return absent;
        }
        if (!text.equals("true") && !text.equals("false")) {
            faults.add(name, "must be true or false");
        }
        return text.equals("true");
    }

    /** A value in the form that {@code parser} reads. */
    public <T> @Nullable T optional(String name, String form, Function<String, T> parser) {
        String text = single(name);
        if (text == null) {
            return null;
        }
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            faults.add(name, "must be " + form);
            return null;
        }
    }

    /**
     * Repeated {@code metadata=key:value}: all must match, at most 5, each key once (contract 2.4).
     */
    public Map<String, String> metadata() {
        Map<String, String> filters = new LinkedHashMap<>();
        List<String> values = parameters.getOrDefault("metadata", List.of());
        if (values.size() > Limits.METADATA_FILTERS) {
            faults.add("metadata", "must be given at most " + Limits.METADATA_FILTERS + " times");
        }
        for (String value : values) {
            int colon = value.indexOf(':');
            if (colon < 1 || !JsonObject.isStorable(value)) {
                faults.add("metadata", "must have the form key:value");
            } else if (filters.put(value.substring(0, colon), value.substring(colon + 1)) != null) {
                faults.add("metadata", "must name each key once");
            }
        }
        return filters;
    }
}

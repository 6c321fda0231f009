package dev.kassa.http;

import dev.kassa.kernel.Limits;
import jakarta.servlet.http.HttpServletRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the query parameters of a list, noting every fault; see {@link JsonObject}. */
public final class Query {
    private static final int DEFAULT_PAGE_SIZE = 20;
    private static final Pattern WHOLE_NUMBER = Pattern.compile("\\d{1,10}");

    private final HttpServletRequest request;
    private final Faults faults = new Faults();

    Query(HttpServletRequest request) {
        this.request = request;
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

    private int number(String name, int least, int most, int absent) {
        String text = request.getParameter(name);
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
        String text = request.getParameter(name);
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
        String text = request.getParameter(name);
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
        String[] values = request.getParameterValues("metadata");
        if (values == null) {
            return filters;
        }
        if (values.length > Limits.METADATA_FILTERS) {
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

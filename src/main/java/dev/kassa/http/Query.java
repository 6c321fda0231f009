package dev.kassa.http;

import dev.kassa.kernel.Limits;
import dev.kassa.kernel.Problem;
import dev.kassa.kernel.Text;
import dev.kassa.paging.Paging;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
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

    private static final Pattern LARGE_NUMBER = Pattern.compile("[1-9]\\d{9,99}");
    private static final Pattern HEX = Pattern.compile("[0-9a-fA-F]{2}");

    private final Map<String, List<String>> parameters = new LinkedHashMap<>();
    private final Set<String> asked = new TreeSet<>();
    private final RequestErrors faults = new RequestErrors();

    /** {@code queryString}: as sent; throws {@link Problem} when it cannot be decoded. */
    Query(@Nullable String queryString) {
        if (queryString == null) {
            return;
        }
        for (String pair : queryString.split("&", -1)) {
            if (pair.isEmpty()) {
                continue;
            }
            String[] parts = pair.split("=", 2);
            parameters
                    .computeIfAbsent(decode(parts[0]), name -> new ArrayList<>())
                    .add(parts.length < 2 ? "" : decode(parts[1]));
        }
    }

    /** As a form has it: a plus is a blank. What is no UTF-8 is refused, not guessed at. */
    private static String decode(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                int end = Math.min(i + 3, text.length());
                if (end - i < 3 || !HEX.matcher(text.substring(i + 1, end)).matches()) {
                    throw undecodable();
                }
                bytes.write(Integer.parseInt(text.substring(i + 1, end), 16));
                i += 2;
            } else {
                // Tomcat hands the bytes of the query string over as they came.
                bytes.write(c == '+' ? ' ' : c);
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw undecodable();
        }
    }

    static Problem undecodable() {
        return Problem.unreadable(
                "The query string cannot be decoded. Write what is not a letter or a digit as %XX"
                        + " of its UTF-8 bytes.");
    }

    /** Everything, in the order in which it was sent. */
    Map<String, List<String>> all() {
        return parameters;
    }

    private @Nullable String single(String name) {
        List<String> values = values(name);
        if (values == null) {
            return null;
        }
        if (values.size() > 1) {
            faults.add(name, "must be given once");
        }
        return values.getFirst();
    }

    private @Nullable List<String> values(String name) {
        asked.add(name);
        return parameters.get(name);
    }

    /**
     * Notes each parameter that nobody has asked for, once all others are read: a filter that is
     * misspelt must not list everything (ruling R13).
     */
    public void refuseOthers() {
        parameters.keySet().stream()
                .filter(name -> !asked.contains(name))
                .forEach(name ->
                        faults.add(
                                name,
                                "The parameter "
                                        + ErrorMessages.quoted(name)
                                        + " is not known here"
                                        + (asked.isEmpty()
                                                ? "; this list knows none"
                                                : "; this list knows "
                                                        + String.join(", ", asked))));
    }

    /** The faults noted so far. */
    public RequestErrors faults() {
        return faults;
    }

    /** Throws what was gathered, if anything was. */
    public void throwIfAny() {
        faults.throwIfAny();
    }

    /** {@code page_number} and {@code page_size} of a list whose largest page is documented. */
    public Paging paging() {
        return new Paging(pageNumber(), pageSize());
    }

    /** {@code page_size} alone, of a list that is read from a cursor. */
    public int pageSize() {
        return number("page_size", 1, Limits.PAGE_SIZE, DEFAULT_PAGE_SIZE);
    }

    /**
     * The same where the contract names no largest page: whoever asks for more gets the largest.
     */
    public Paging openPaging() {
        String size = single("page_size");
        boolean large = size != null && LARGE_NUMBER.matcher(size).matches();
        return new Paging(
                pageNumber(),
                large
                        ? Limits.LARGE_PAGE_SIZE
                        : Math.min(
                                number("page_size", 1, Integer.MAX_VALUE, DEFAULT_PAGE_SIZE),
                                Limits.LARGE_PAGE_SIZE));
    }

    private int pageNumber() {
        return number("page_number", 0, Integer.MAX_VALUE, 0);
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
        List<String> values = Objects.requireNonNullElse(values("metadata"), List.of());
        if (values.size() > Limits.METADATA_FILTERS) {
            faults.add("metadata", "must be given at most " + Limits.METADATA_FILTERS + " times");
        }
        for (String value : values) {
            int colon = value.indexOf(':');
            if (colon < 1 || !Text.isStorable(value)) {
                faults.add(
                        "metadata", "must have the form key:value, such as metadata=store_id:123");
            } else if (filters.put(value.substring(0, colon), value.substring(colon + 1)) != null) {
                faults.add("metadata", "must name each key once");
            }
        }
        return filters;
    }
}

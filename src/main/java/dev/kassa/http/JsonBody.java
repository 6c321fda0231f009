package dev.kassa.http;

import dev.kassa.kernel.Limits;
import dev.kassa.kernel.Problem;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.exc.MismatchedInputException;

/**
 * Parses the body of a request: UTF-8 as RFC 3629 has it, holding one JSON value and nothing after
 * it. What is wrong is said in our own words; the library's name its switches.
 */
final class JsonBody {
    private static final ObjectReader READER =
            Json.MAPPER.reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private static final char BYTE_ORDER_MARK = '\uFEFF';
    private static final Pattern FORM = Pattern.compile("\\s*[\\w.\\[\\]%+-]+=.*", Pattern.DOTALL);
    private static final Pattern NOT_FINITE = Pattern.compile("[+-]?(NaN|Inf|INF).*");
    private static final int SHOWN = 12;

    private JsonBody() {}

    /**
     * The value, of whatever kind.
     *
     * @throws Problem INVALID without a path, saying where reading ended and why
     */
    static JsonNode parse(byte[] body) {
        String text = decode(body);
        if (text.isBlank()) {
            throw Problem.unreadable("The body is empty. Send a JSON object.");
        }
        try (JsonParser parser = Json.MAPPER.createParser(text)) {
            JsonNode node = READER.readTree(parser);
            if (!text.substring(offset(parser.currentLocation(), text)).isBlank()) {
                throw Problem.unreadable(
                        "Something follows the end of the JSON object"
                                + at(parser.currentLocation())
                                + ". Send one object and nothing after it.");
            }
            return node;
        } catch (JacksonException e) {
            throw Problem.unreadable(why(e, text));
        } catch (NumberFormatException e) {
            throw Problem.unreadable(
                    "The JSON in the body holds a number whose exponent is out of all bounds.");
        }
    }

    /**
     * The bytes as text. A byte order mark is skipped, as RFC 8259 allows. Overlong forms,
     * surrogates and what lies beyond Unicode are no UTF-8: whoever reads them as characters lets
     * text through that another reader checks as something else.
     */
    private static String decode(byte[] body) {
        try {
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
            return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw Problem.unreadable(
                    "The body is not UTF-8, in which JSON is sent. Convert its text before sending it.");
        }
    }

    private static int offset(@Nullable TokenStreamLocation at, String text) {
        long offset = at == null ? 0 : at.getCharOffset();
        return Math.clamp(offset, 0, text.length());
    }

    private static String at(@Nullable TokenStreamLocation at) {
        return at == null || at.getLineNr() < 0
                ? ""
                : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
    }

    private static String why(JacksonException e, String text) {
        String at = at(e.getLocation());
        if (e instanceof StreamConstraintsException) {
            return "The JSON in the body"
                    + at
                    + " is nested too deep (more than "
                    + Limits.JSON_DEPTH
                    + " levels), has more than "
                    + Limits.JSON_TOKENS
                    + " values and names, or holds a number or a name that is too long.";
        }
        if (e instanceof MismatchedInputException) {
            return "An object in the body names the same key twice" + at + ". Send each key once.";
        }
        if (FORM.matcher(text).matches()) {
            return "The body is a form (name=value) and not JSON. Send a JSON object.";
        }
        if (text.stripLeading().startsWith("<")) {
            return "The body is XML or HTML and not JSON. Send a JSON object.";
        }
        if (e instanceof UnexpectedEndOfInputException) {
            return "The JSON in the body ends too early" + at + ". Perhaps it was cut off.";
        }
        if (text.indexOf('\0') >= 0) {
            return "The body is not UTF-8, in which JSON is sent. Convert its text before sending it.";
        }
        String near = near(text, offset(e.getLocation(), text));
        if (NOT_FINITE.matcher(near).matches()) {
            return "JSON knows no such number as " + near + at + ". Send a number or null.";
        }
        return "The body is not valid JSON" + at + (near.isEmpty() ? "." : ", near " + near + ".");
    }

    /** The word around {@code offset}, made fit to be shown. */
    private static String near(String text, int offset) {
        int from = offset;
        while (from > 0 && offset - from < SHOWN && isPartOfAWord(text.charAt(from - 1))) {
            from--;
        }
        int to = offset;
        while (to < text.length() && to - from < SHOWN && isPartOfAWord(text.charAt(to))) {
            to++;
        }
        return text.substring(from, to);
    }

    private static boolean isPartOfAWord(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '-';
    }
}

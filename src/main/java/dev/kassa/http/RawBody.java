package dev.kassa.http;

import dev.kassa.kernel.Problem;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;

/**
 * The body of a request. It is read, within the operation's limit, when it is asked for and not
 * before: an operation that knows who is asking only by what else was sent looks at that first.
 */
public final class RawBody {
    private static final String IDENTITY = "identity";

    private final HttpServletRequest request;

    RawBody(HttpServletRequest request) {
        this.request = request;
    }

    /** Its bytes as sent; not to be changed. */
    public byte[] bytes() throws IOException {
        return Body.read(request);
    }

    /**
     * As a JSON object.
     *
     * @throws Problem UNSUPPORTED_MEDIA_TYPE when it says that it is something else; INVALID when
     *     it is no object
     */
    public JsonObject json() throws IOException {
        requireJson(request.getContentType());
        requirePlain(Collections.list(request.getHeaders(HttpHeaders.CONTENT_ENCODING)));
        return JsonObject.parse(bytes());
    }

    /** As the fields of a form ({@code a=b&c=d}), in UTF-8 whatever it says it is. */
    public Query form() throws IOException {
        return new Query(new String(bytes(), StandardCharsets.US_ASCII));
    }

    /** RFC 9110, 15.5.16: the answer names what would be taken. */
    private static void requirePlain(List<String> encodings) {
        if (!encodings.stream().allMatch(IDENTITY::equalsIgnoreCase)) {
            throw Problem.unsupportedMediaType(
                    "The body is compressed (Content-Encoding). Send it as it is, without that"
                            + " header.");
        }
    }

    private static void requireJson(@Nullable String contentType) {
        try {
            if (contentType != null) {
                MediaType type = MediaType.parseMediaType(contentType);
                if (type.equalsTypeAndSubtype(MediaType.APPLICATION_JSON)
                        || type.getSubtype().endsWith("+json")) {
                    return;
                }
            }
        } catch (InvalidMediaTypeException e) {
            // Refused below like any other that is not JSON.
        }
        throw Problem.unsupportedMediaType("Send the body as Content-Type: application/json.");
    }
}

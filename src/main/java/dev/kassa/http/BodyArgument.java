package dev.kassa.http;

import dev.kassa.kernel.Problem;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;

/**
 * Gives an operation its body as a {@link JsonObject} or a {@link RawBody}, read only up to the
 * limit.
 */
final class BodyArgument implements HandlerMethodArgumentResolver {
    @Override
    public boolean supportsParameter(MethodParameter parameter) {
        Class<?> type = parameter.getParameterType();
        return type == JsonObject.class || type == RawBody.class;
    }

    @Override
    public Object resolveArgument(
            MethodParameter parameter,
            @Nullable ModelAndViewContainer model,
            NativeWebRequest web,
            @Nullable WebDataBinderFactory binders)
            throws IOException {
        HttpServletRequest request =
                Objects.requireNonNull(web.getNativeRequest(HttpServletRequest.class));
        if (parameter.getParameterType() == RawBody.class) {
            return new RawBody(read(request));
        }
        requireJson(request.getContentType());
        return JsonObject.parse(read(request));
    }

    /** The body, read only up to the operation's limit. */
    static byte[] read(HttpServletRequest request) throws IOException {
        int limit = Operation.Declared.of(request).bodyBytes();
        if (request.getContentLengthLong() > limit) {
            throw tooLarge(limit);
        }
        try (InputStream in = request.getInputStream()) {
            byte[] body = in.readNBytes(limit + 1);
            if (body.length > limit) {
                throw tooLarge(limit);
            }
            return body;
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

    private static Problem tooLarge(int limit) {
        return Problem.tooLarge("The body is larger than " + limit + " bytes.");
    }
}

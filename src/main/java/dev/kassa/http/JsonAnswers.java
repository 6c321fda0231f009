package dev.kassa.http;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.HttpOutputMessage;
import org.springframework.http.MediaType;
import org.springframework.http.converter.AbstractHttpMessageConverter;
import org.springframework.http.converter.HttpMessageNotWritableException;
import org.springframework.http.converter.json.JacksonJsonHttpMessageConverter;
import tools.jackson.core.JacksonException;

/**
 * Writes what an operation answers: always JSON in UTF-8, as RFC 8259 has it, whatever the client
 * said of character sets. The whole text is there before its first byte is sent, so that an answer
 * either is complete or has not begun.
 *
 * <p>It reads nothing: bodies are {@link RawBody}.
 */
final class JsonAnswers extends AbstractHttpMessageConverter<Object> {
    /** Knows which types are not written as JSON: texts, bytes, files. */
    private final JacksonJsonHttpMessageConverter types =
            new JacksonJsonHttpMessageConverter(Json.MAPPER);

    JsonAnswers() {
        super(MediaType.APPLICATION_JSON, new MediaType("application", "*+json"));
    }

    @Override
    protected boolean supports(Class<?> type) {
        return types.canWrite(type, MediaType.APPLICATION_JSON);
    }

    @Override
    protected boolean canRead(@Nullable MediaType mediaType) {
        return false;
    }

    @Override
    protected Object readInternal(Class<?> type, HttpInputMessage message) {
        throw new UnsupportedOperationException();
    }

    @Override
    protected void writeInternal(Object value, HttpOutputMessage message) throws IOException {
        byte[] json = write(value);
        HttpHeaders headers = message.getHeaders();
        MediaType chosen = headers.getContentType();
        headers.setContentType(
                chosen == null
                        ? MediaType.APPLICATION_JSON
                        : new MediaType(chosen.getType(), chosen.getSubtype()));
        headers.setContentLength(json.length);
        message.getBody().write(json);
    }

    private static byte[] write(Object value) {
        try {
            return Json.bytes(value);
        } catch (JacksonException e) {
            throw new HttpMessageNotWritableException("an answer that cannot be written", e);
        }
    }
}

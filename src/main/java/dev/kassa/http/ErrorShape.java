package dev.kassa.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.util.HtmlUtils;

/**
 * How an API tells of an error: Order Management with a code in capitals, everything else with
 * problem details (ruling R8). Chosen by {@link ApiRoot}, whoever refuses.
 */
public enum ErrorShape {
    PROBLEM_DETAILS(MediaType.APPLICATION_PROBLEM_JSON_VALUE) {
        @Override
        Object body(Refused refused) {
            Map<String, String> errors = new LinkedHashMap<>();
            refused.errors.forEach(
                    (path, fault) -> errors.put(path, ErrorMessages.of(path, fault, "")));
            return new Problem(
                    "about:blank",
                    refused.title,
                    refused.status,
                    refused.detail,
                    refused.path,
                    refused.correlationId,
                    errors);
        }
    },
    ERROR_CODE(MediaType.APPLICATION_JSON_VALUE) {
        @Override
        Object body(Refused refused) {
            List<String> messages = new ArrayList<>();
            refused.errors.forEach(
                    (path, fault) -> messages.add(ErrorMessages.of(path, fault, path)));
            return new Coded(
                    refused.code == null ? code(refused.status) : refused.code,
                    messages.isEmpty() ? List.of(refused.detail) : messages,
                    refused.correlationId);
        }
    },
    /** A page for a person, who can tell the id to somebody. */
    PAGE(MediaType.TEXT_HTML_VALUE + ";charset=utf-8") {
        @Override
        Object body(Refused refused) {
            return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>%s</title>
            <link rel="icon" href="data:,">
            <link rel="stylesheet" href="/portal/assets/tokens.css">
            <link rel="stylesheet" href="/portal/assets/portal.css">
            </head>
            <body class="alone">
            <main>
            <h1>%s</h1>
            <p>%s</p>
            <p><a href="/portal">Back to the portal</a></p>
            <p class="muted">%s</p>
            </main>
            </body>
            </html>
            """
                    .formatted(
                            HtmlUtils.htmlEscape(refused.title),
                            HtmlUtils.htmlEscape(refused.title),
                            HtmlUtils.htmlEscape(refused.detail),
                            HtmlUtils.htmlEscape(refused.correlationId));
        }

        @Override
        byte[] write(Refused refused) {
            return body(refused).toString().getBytes(StandardCharsets.UTF_8);
        }
    };

    private final String mediaType;

    ErrorShape(String mediaType) {
        this.mediaType = mediaType;
    }

    /**
     * An error, whatever its shape.
     *
     * @param code null for the usual one of its status
     * @param errors what is wrong, by path, as {@link ErrorMessages} takes it
     */
    record Refused(
            int status,
            String title,
            @Nullable String code,
            String detail,
            Map<String, String> errors,
            String path,
            String correlationId) {}

    private record Problem(
            String type,
            String title,
            int status,
            String detail,
            String instance,
            String correlationId,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, String> errors) {}

    private record Coded(String errorCode, List<String> errorMessages, String correlationId) {}

    abstract Object body(Refused refused);

    String mediaType() {
        return mediaType;
    }

    byte[] write(Refused refused) {
        return Json.MAPPER.writeValueAsBytes(body(refused));
    }

    /** The codes of contract 5. */
    private static String code(int status) {
        return switch (status) {
            case 400 -> "BAD_VALUE";
            case 401 -> "UNAUTHORIZED";
            case 403 -> "NOT_ALLOWED";
            case 404 -> "NOT_FOUND";
            case 405 -> "METHOD_NOT_ALLOWED";
            case 406 -> "NOT_ACCEPTABLE";
            case 408 -> "REQUEST_TIMEOUT";
            case 409 -> "CONFLICT";
            case 413 -> "REQUEST_TOO_LARGE";
            case 415 -> "UNSUPPORTED_MEDIA_TYPE";
            case 422 -> "UNPROCESSABLE_ENTITY";
            case 429 -> "TOO_MANY_REQUESTS";
            case 502, 503, 504 -> "TEMPORARILY_UNAVAILABLE";
            default -> status < 500 ? "BAD_REQUEST" : "INTERNAL_SERVER_ERROR";
        };
    }
}

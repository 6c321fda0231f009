package dev.kassa.http;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A request as a log or a trace may tell of it. Some addresses are secrets: whoever has a receipt's
 * link sees the receipt. So a part of the path is written only if it is a word of ours or an id,
 * and the query never is.
 */
final class LoggedRequest {
    private static final Pattern WORD = Pattern.compile("[a-z][a-z.-]*\\d?");
    private static final Pattern ID =
            Pattern.compile(
                    "\\p{XDigit}{8}-(?:\\p{XDigit}{4}-){3}\\p{XDigit}{12}|kevt_\\p{Alnum}{22}");

    private LoggedRequest() {}

    /** Its method and its path. */
    static String of(HttpServletRequest request) {
        return request.getMethod() + " " + path(request);
    }

    static String path(HttpServletRequest request) {
        return Arrays.stream(request.getRequestURI().split("/", -1))
                .map(LoggedRequest::part)
                .collect(Collectors.joining("/"));
    }

    private static String part(String part) {
        boolean shown =
                part.isEmpty() || WORD.matcher(part).matches() || ID.matcher(part).matches();
        return shown ? part : "…";
    }
}

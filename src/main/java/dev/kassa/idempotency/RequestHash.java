package dev.kassa.idempotency;

import dev.kassa.http.ApiRoot;
import dev.kassa.http.BufferedRequest;
import dev.kassa.http.Json;
import dev.kassa.kernel.Secrets;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * Tells whether two requests ask for the same (ruling R11): method, path and query as sent, and the
 * body by the value of its JSON, whatever its blanks and the order of its keys. Of Order Management
 * only the operation counts, as documented.
 */
final class RequestHash {
    private RequestHash() {}

    static String of(BufferedRequest request) {
        String operation = request.getMethod() + " " + request.getRequestURI();
        if (!ApiRoot.of(request).comparesBodies()) {
            return Secrets.hash(operation);
        }
        return Secrets.hash(operation + "?" + request.getQueryString() + "\n" + body(request));
    }

    private static String body(BufferedRequest request) {
        try {
            List<@Nullable Object> value = new ArrayList<>();
            value.add(canonical(Json.MAPPER.readValue(request.body(), Object.class)));
            return Json.write(value);
        } catch (JacksonException | NumberFormatException | ArithmeticException e) {
            // It will be refused, or holds a number beyond all bounds: its bytes tell it from
            // others.
            return new String(request.body(), StandardCharsets.ISO_8859_1);
        }
    }

    private static @Nullable Object canonical(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case Map<?, ?> map -> {
                Map<String, @Nullable Object> sorted = new TreeMap<>();
                map.forEach((key, inner) -> sorted.put(String.valueOf(key), canonical(inner)));
                yield sorted;
            }
            case List<?> list ->
                    list.stream().map(RequestHash::canonical).collect(Collectors.toList());
            case Number number -> new BigDecimal(number.toString()).stripTrailingZeros().toString();
            default -> value;
        };
    }
}

package dev.kassa.http;

import dev.kassa.kernel.Problem;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;

/**
 * A request with a page's form, whose fields are its parameters. Read as every body is: within the
 * operation's limit, the time and the room that there is for it. Tomcat, left to itself, would keep
 * to none of these.
 */
public final class FormRequest extends HttpServletRequestWrapper {
    private final Map<String, String[]> parameters;

    private FormRequest(HttpServletRequest request, Map<String, String[]> parameters) {
        super(request);
        this.parameters = parameters;
    }

    /**
     * The request with its fields; the request itself if it has no form.
     *
     * @throws Problem as {@link Body#read}; and what {@link Query} cannot decode
     */
    public static HttpServletRequest of(HttpServletRequest request) throws IOException {
        String type = request.getContentType();
        if (type == null || !type.startsWith(MediaType.APPLICATION_FORM_URLENCODED_VALUE)) {
            return request;
        }
        Query query = new Query(request.getQueryString());
        Query form = new RawBody(request).form();
        Map<String, List<String>> fields = new LinkedHashMap<>();
        for (Query part : List.of(query, form)) {
            part.all()
                    .forEach((name, values) ->
                            fields.computeIfAbsent(name, _ -> new ArrayList<>()).addAll(values));
        }
        Map<String, String[]> parameters = new LinkedHashMap<>();
        fields.forEach((name, values) -> parameters.put(name, values.toArray(new String[0])));
        return new FormRequest(request, parameters);
    }

    @Override
    public @Nullable String getParameter(String name) {
        String[] values = parameters.get(name);
        return values == null ? null : values[0];
    }

    @Override
    public Map<String, String[]> getParameterMap() {
        return Collections.unmodifiableMap(parameters);
    }

    @Override
    public Enumeration<String> getParameterNames() {
        return Collections.enumeration(parameters.keySet());
    }

    @Override
    public String @Nullable [] getParameterValues(String name) {
        String[] values = parameters.get(name);
        return values == null ? null : values.clone();
    }
}

package dev.kassa.portal;

import dev.kassa.http.JsonObject;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.http.HttpStatus;
import org.springframework.web.servlet.ModelAndView;

/**
 * A form as somebody filled it in, and what is wrong with it. It is read as the API reads a body,
 * by the same readers: {@link #body} makes one of its fields.
 *
 * @param faults those of metadata at {@code metadata} and {@code metadata.KEY}
 * @param note the key of a text about the form as a whole; empty for none
 */
record PortalForm(Map<String, String> typed, FormFaults faults, String note) {
    private static final String METADATA = "metadata";
    private static final int EMPTY_ROWS = 3;

    /** One of the pairs of a form with metadata. */
    record Row(String key, String value) {
        /** Where its fault is. */
        public String field() {
            return METADATA + "." + key;
        }
    }

    /** As it is shown first. */
    static PortalForm of(Map<String, String> values) {
        return new PortalForm(values, FormFaults.NONE, "");
    }

    /** As it is shown first, with pairs of metadata. */
    static PortalForm of(Map<String, String> values, Map<String, String> metadata) {
        Map<String, String> all = new LinkedHashMap<>(values);
        for (Map.Entry<String, String> pair : metadata.entrySet()) {
            int n = all.size() - values.size();
            all.put("key" + n / 2, pair.getKey());
            all.put("value" + n / 2, pair.getValue());
        }
        return of(all);
    }

    /**
     * As it is shown again, with what was wrong.
     *
     * @param conflict the text for a conflict
     * @throws Problem the same, if it is of no form
     */
    PortalForm refused(Problem problem, String conflict) {
        if (problem.kind() == Problem.Kind.CONFLICT) {
            return new PortalForm(typed, faults, conflict);
        }
        if (problem.errors().isEmpty()) {
            throw problem;
        }
        return new PortalForm(typed, FormFaults.of(problem), "form.faults");
    }

    /** The same with another value that nobody typed. */
    PortalForm with(String field, String value) {
        Map<String, String> all = new LinkedHashMap<>(typed);
        all.put(field, value);
        return new PortalForm(all, faults, note);
    }

    /** Gives the page the form, and the status that belongs to it. */
    ModelAndView on(ModelAndView page) {
        if (isAtFault()) {
            page.setStatus(HttpStatus.BAD_REQUEST);
        } else if (!note.isEmpty()) {
            page.setStatus(HttpStatus.CONFLICT);
        }
        return page.addObject("form", this).addObject("faults", faults);
    }

    /** What stands in a field. */
    public String value(String field) {
        return typed.getOrDefault(field, "");
    }

    /** Whether something is wrong with a field. */
    public boolean isAtFault() {
        return !faults.byField().isEmpty();
    }

    /** The fields as a body: blanks around are cut off, and what is empty is left out. */
    JsonObject body(String... fields) {
        return JsonObject.of(texts(fields));
    }

    private Map<String, Object> texts(String... fields) {
        Map<String, Object> texts = new LinkedHashMap<>();
        for (String field : fields) {
            String text = value(field).strip();
            if (!text.isEmpty()) {
                texts.put(field, text);
            }
        }
        return texts;
    }

    /** The same with its pairs as {@code metadata}. */
    JsonObject bodyWithMetadata(String... fields) {
        Map<String, Object> values = texts(fields);
        Map<String, String> metadata = new LinkedHashMap<>();
        Set<String> twice = new LinkedHashSet<>();
        for (Row row : pairs()) {
            if (metadata.put(row.key(), row.value()) != null) {
                twice.add(row.key());
            }
        }
        values.put(METADATA, metadata);
        JsonObject body = JsonObject.of(values);
        if (!twice.isEmpty()) {
            body.fault(METADATA, "must not have a key twice");
        }
        return body;
    }

    private List<Row> pairs() {
        List<Row> pairs = new ArrayList<>();
        for (int i = 0; i < 2 * Limits.METADATA_KEYS; i++) {
            String key = value("key" + i).strip();
            String value = value("value" + i);
            if (!key.isEmpty() || !value.isEmpty()) {
                pairs.add(new Row(key, value));
            }
        }
        return pairs;
    }

    /** The pairs of the form, and some empty ones to be filled in. */
    public List<Row> rows() {
        List<Row> rows = pairs();
        int more = Math.clamp(Limits.METADATA_KEYS - rows.size(), 0, EMPTY_ROWS);
        for (int i = 0; i < more; i++) {
            rows.add(new Row("", ""));
        }
        return rows;
    }
}

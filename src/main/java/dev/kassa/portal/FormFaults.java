package dev.kassa.portal;

import dev.kassa.kernel.Problem;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * What is wrong with a form, by field. The rules say it in English, as predicates; a page tells it
 * in its reader's language where {@code words.properties} has it under {@link #key}.
 */
record FormFaults(Map<String, String> byField) {
    static final FormFaults NONE = new FormFaults(Map.of());

    private static final Pattern NUMBER = Pattern.compile("\\d+");

    /** Those of a refusal; of an entry of a list, at the list. */
    static FormFaults of(Problem refused) {
        Map<String, String> byField = new LinkedHashMap<>();
        refused.errors()
                .forEach((path, fault) ->
                        byField.putIfAbsent(path.replaceFirst("\\[.*", ""), fault));
        return new FormFaults(byField);
    }

    /** Whether there is one at this field. */
    public boolean has(String field) {
        return byField.containsKey(field);
    }

    /** The key of the text: the words of the rule, {@code n} for each number. */
    public String key(String field) {
        return "fault."
                + NUMBER.matcher(rule(field))
                        .replaceAll("n")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^a-z]+", "-")
                        .replaceAll("^-|-$", "");
    }

    /** The numbers of the rule, in their order. */
    public Object[] numbers(String field) {
        return NUMBER.matcher(rule(field)).results().map(MatchResult::group).toArray();
    }

    /** As the rule says it, for what has no text of its own. */
    public String text(String field) {
        String rule = rule(field);
        return rule.isEmpty()
                ? ""
                : Character.toUpperCase(rule.charAt(0)) + rule.substring(1) + ".";
    }

    private String rule(String field) {
        return byField.getOrDefault(field, "");
    }
}

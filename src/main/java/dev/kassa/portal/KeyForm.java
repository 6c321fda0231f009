package dev.kassa.portal;

import dev.kassa.access.Permission;
import dev.kassa.http.JsonObject;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.Text;
import dev.kassa.merchant.KeyTerms;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A new API key as somebody asks for it.
 *
 * @param scope {@code all} that the API has, or {@code some} permissions
 * @param expires its last day, in UTC; empty for none
 */
record KeyForm(
        @Nullable String name,
        @Nullable String scope,
        @Nullable List<String> permissions,
        @Nullable String expires) {
    private static final String SOME = "some";
    private static final String DAY = "\\d{4}-\\d\\d-\\d\\d";

    /** Before anything is typed: what is asked for little can do little harm. */
    static final KeyForm EMPTY = new KeyForm("", SOME, List.of(), "");

    /** Whether it asks for permissions by name. */
    public boolean isSome() {
        return !"all".equals(scope);
    }

    /** Whether this permission is ticked. */
    public boolean ticks(String permission) {
        return permissions != null && permissions.contains(permission);
    }

    /**
     * What it asks for.
     *
     * @throws dev.kassa.kernel.Problem INVALID with what is wrong, by field
     */
    KeyTerms terms(Instant now) {
        Map<String, Object> typed = new HashMap<>();
        typed.put("name", name == null || Text.isBlank(name) ? null : name);
        typed.put("expires", expires == null || expires.isEmpty() ? null : expires);
        if (isSome()) {
            typed.put("permissions", permissions == null ? List.of() : permissions);
        }
        JsonObject fields = JsonObject.of(typed);
        String called = fields.optionalName("name", Limits.KEY_NAME_CHARS);
        List<String> words = fields.optionalTexts("permissions", known());
        Instant end = fields.optional("expires", "a day that is not past", day -> end(day, now));
        fields.faults().throwIfAny();

        return new KeyTerms(called, words == null ? null : permissions(words), end);
    }

    private static Set<String> known() {
        return Arrays.stream(Permission.values())
                .map(Permission::wire)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static Set<Permission> permissions(List<String> words) {
        return words.stream()
                .flatMap(word -> Permission.of(word).stream())
                .collect(Collectors.toUnmodifiableSet());
    }

    private static Instant end(String day, Instant now) {
        if (!day.matches(DAY)) {
            throw new IllegalArgumentException("no day");
        }
        Instant end = KeyTerms.endOf(LocalDate.parse(day));
        if (!end.isAfter(now)) {
            throw new IllegalArgumentException("past");
        }
        return end;
    }
}

package dev.kassa.http;

import dev.kassa.kernel.Limits;
import dev.kassa.kernel.Problem;
import java.util.LinkedHashMap;
import java.util.Map;

/** The faults of one request, gathered so that all of them are told at once. */
public final class RequestErrors {
    private final Map<String, String> byPath = new LinkedHashMap<>();
    private int unnamed;

    /**
     * Notes that the value at {@code path} is wrong, by a predicate for {@link ErrorMessages}; the
     * first fault of a path is kept.
     */
    public void add(String path, String message) {
        if (byPath.containsKey(path)) {
            return;
        }
        if (byPath.size() < Limits.FAULTS) {
            byPath.put(path, message);
        } else {
            unnamed++;
        }
    }

    /** Notes the faults of another part of the request. */
    public void addAll(RequestErrors others) {
        others.byPath.forEach(this::add);
    }

    /** Whether nothing was wrong so far. */
    public boolean isEmpty() {
        return byPath.isEmpty();
    }

    /** How many were noted so far. */
    public int count() {
        return byPath.size() + unnamed;
    }

    /** Throws what was gathered, if anything was. Past this line the request is good. */
    public void throwIfAny() {
        if (byPath.isEmpty()) {
            return;
        }
        if (unnamed > 0) {
            byPath.put("", unnamed + " more fields are at fault");
        }
        throw Problem.invalid(byPath);
    }
}

package dev.kassa.invariants.fuzz;

import dev.kassa.testing.Answer;
import dev.kassa.testing.TestMerchant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A merchant of the fuzz, and what it has of every kind and in every state, read from the database
 * now and then: ids that lead deep.
 */
final class FuzzOwner {
    /** Rows of one kind and state that are worth choosing from. */
    private static final int NEWEST = 30;

    /** Ids that belong together, by the name of their path parameter. */
    record Thing(Map<String, String> ids) {
        String id(String name) {
            return ids.getOrDefault(name, UUID.randomUUID().toString());
        }
    }

    private static final Map<String, String> QUERIES =
            Map.of(
                    "session",
                    """
                    select session_id, device_id, attempt_id, status as state from session
                    """,
                    "order",
                    """
                    select orders.order_id, session.session_id, session.device_id,
                        capture.movement_id as capture_id, refund.movement_id as refund_id,
                        concat(session.manual_capture, released_amount > 0, capture.movement_id is null,
                            refund.movement_id is null) as state
                    from orders join session using (session_id)
                        left join order_movement as capture
                            on capture.order_id = orders.order_id and capture.kind = 'CAPTURE'
                        left join order_movement as refund
                            on refund.order_id = orders.order_id and refund.kind = 'REFUND'
                    """,
                    "device",
                    """
                    select device_id, device_id as id,
                        deregistered_at is null as state from device
                    """,
                    "enrollment",
                    """
                    select enrollment_id, code, status as state from enrollment
                    """,
                    "location",
                    """
                    select location_id, location_id as id, 'open' as state from location
                    """,
                    "destination",
                    """
                    select destination_id, destination_id as id, enabled as state from destination
                    """,
                    "delivery",
                    """
                    select destination_id, destination_id as id, event_id, status as state
                    from delivery
                    """,
                    "attempt",
                    """
                    select attempt_id, session_id, device_id, status as state from attempt
                    """);

    private final TestMerchant merchant;
    private final Map<String, String> tokens = new HashMap<>();
    private final Map<String, Map<String, List<Thing>>> things = new HashMap<>();

    FuzzOwner(TestMerchant merchant) {
        this.merchant = merchant;
    }

    TestMerchant merchant() {
        return merchant;
    }

    /** Remembers a device's token. */
    void learn(String device, String token) {
        var _ = tokens.put(device, "Bearer " + token);
    }

    String newDevice() {
        Answer made = merchant.api().post("/ipp/v1/dev/devices", "{\"name\": \"Till\"}").is(201);
        learn(made.text("id"), made.text("credentials", "bearer_token"));
        return made.text("id");
    }

    /** The Authorization header of this device, or of another one. */
    String token(FuzzRandom random, String device) {
        String token = tokens.get(device);
        return token == null ? random.of(List.copyOf(new TreeMap<>(tokens).values())) : token;
    }

    /** Reads anew what there is. */
    void look() {
        QUERIES.forEach((kind, query) ->
                things.put(kind, byState(query, kind.equals("order") ? "session" : kind)));
    }

    private Map<String, List<Thing>> byState(String query, String of) {
        Map<String, List<Thing>> states = new TreeMap<>();
        merchant.server()
                .jdbc
                .sql(query + "where " + of + ".merchant_id = ? order by 1 desc limit 200")
                .param(merchant.id().value())
                .query()
                .listOfRows()
                .forEach(row -> {
                    Map<String, String> ids = new HashMap<>();
                    row.forEach((name, value) -> {
                        if (value != null) {
                            ids.put(name, value.toString());
                        }
                    });
                    List<Thing> known =
                            states.computeIfAbsent(ids.get("state"), state -> new ArrayList<>());
                    if (known.size() < NEWEST) {
                        known.add(new Thing(ids));
                    }
                });
        return states;
    }

    /**
     * One of this kind, each state as likely as the others; one that nobody has if there is none.
     */
    Thing thing(FuzzRandom random, String kind) {
        Map<String, List<Thing>> states = things.getOrDefault(kind, Map.of());
        return states.isEmpty()
                ? new Thing(Map.of())
                : random.of(random.of(List.copyOf(states.values())));
    }
}

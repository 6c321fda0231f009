package dev.kassa.database;

import dev.kassa.kernel.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.springframework.stereotype.Component;

/**
 * Tells the other nodes that something happened, by PostgreSQL's NOTIFY. One statement at a time
 * carries all that has come up meanwhile, outside the transactions that it tells of. A hint may be
 * lost, so whoever is hinted has a poll that finds what it was about.
 */
@Component
public final class Hints implements Worker {
    private static final String CHANNEL = "kassa_hints";

    /** Between a payload's parts, the first of which names the node. */
    private static final String COMMA = ",";

    /** Between a part's topic and its text. */
    private static final char COLON = ':';

    /** NOTIFY takes fewer than 8000 bytes. */
    private static final int PAYLOAD_CHARS = 7500;

    /** When it is not woken, there is nothing to send. */
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    /** Begins each payload, so that a node does not listen to itself. */
    private final String node;

    private final Notifications notifications;
    private final Set<String> unsent = ConcurrentHashMap.newKeySet();
    private final Map<String, Consumer<String>> receivers = new ConcurrentHashMap<>();
    private volatile Runnable wake = () -> {};

    Hints(Notifications notifications, Nodes nodes) {
        this.node = nodes.me().toString();
        this.notifications = notifications;
        notifications.listen(CHANNEL, this::received);
    }

    /** Hands every text that another node sends under this topic to {@code receiver}. */
    public void receive(String topic, Consumer<String> receiver) {
        receivers.put(topic, receiver);
    }

    /**
     * Sends a text to the other nodes, once however often it is unsent. Returns at once.
     *
     * @param text up to some hundred ASCII characters, none of them a comma
     */
    public void send(String topic, String text) {
        unsent.add(topic + COLON + text);
        wake.run();
    }

    private void received(String payload) {
        String[] parts = payload.split(COMMA, -1);
        if (parts[0].equals(node)) {
            return;
        }
        for (String part : List.of(parts).subList(1, parts.length)) {
            int colon = part.indexOf(COLON);
            // A newer version of Kassa may know more topics.
            Consumer<String> receiver = colon < 0 ? null : receivers.get(part.substring(0, colon));
            if (receiver != null) {
                receiver.accept(part.substring(colon + 1));
            }
        }
    }

    @Override
    public String name() {
        return "hints";
    }

    @Override
    public Duration interval() {
        return INTERVAL;
    }

    @Override
    public void started(Runnable wake) {
        this.wake = wake;
    }

    /** Sends what is unsent. */
    @Override
    public void runOnce() {
        List<String> parts = new ArrayList<>();
        unsent.removeIf(parts::add);
        if (!parts.isEmpty()) {
            notifications.send(CHANNEL, payloads(parts));
        }
    }

    private List<String> payloads(List<String> parts) {
        List<String> payloads = new ArrayList<>();
        StringBuilder payload = new StringBuilder(node);
        for (String part : parts) {
            if (payload.length() + COMMA.length() + part.length() > PAYLOAD_CHARS) {
                payloads.add(payload.toString());
                payload = new StringBuilder(node);
            }
            payload.append(COMMA).append(part);
        }
        payloads.add(payload.toString());
        return payloads;
    }
}

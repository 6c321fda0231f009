package dev.kassa.push;

import dev.kassa.database.Notifications;
import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.springframework.stereotype.Component;

/**
 * Tells the other nodes that something happened, by PostgreSQL's NOTIFY. One statement at a time
 * carries all that has come up meanwhile, outside the transactions that it tells of. A hint may be
 * lost; the inbox's poll finds what it was about.
 */
@Component
final class Hints implements Worker {
    private static final String CHANNEL = "kassa_push";

    /** Before an id: its stream may have to end. */
    private static final String END = "!";

    /** NOTIFY takes fewer than 8000 bytes; an id has 36, a mark and a comma. */
    private static final int IDS_PER_PAYLOAD = 200;

    /** When it is not woken, there is nothing to send. */
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private record Receiver(Consumer<DeviceId> ring, Consumer<DeviceId> look) {}

    /** Begins each payload, so that a node does not listen to itself. */
    private final String node = UUID.randomUUID().toString();

    private final Notifications notifications;
    private final Set<String> unsent = ConcurrentHashMap.newKeySet();
    private final List<Receiver> receivers = new CopyOnWriteArrayList<>();
    private volatile Runnable wake = () -> {};

    Hints(Notifications notifications) {
        this.notifications = notifications;
        notifications.listen(CHANNEL, this::received);
    }

    /** {@code ring}: this device has news; {@code look}: its stream may have to end. */
    void receive(Consumer<DeviceId> ring, Consumer<DeviceId> look) {
        receivers.add(new Receiver(ring, look));
    }

    /** This device has news. Returns at once. */
    void send(DeviceId device) {
        unsent.add(device.toString());
        wake.run();
    }

    /** This device's stream may have to end, wherever it is. Returns at once. */
    void end(DeviceId device) {
        unsent.add(END + device);
        wake.run();
    }

    private void received(String payload) {
        String[] parts = payload.split(",", -1);
        if (parts[0].equals(node)) {
            return;
        }
        for (String part : List.of(parts).subList(1, parts.length)) {
            boolean end = part.startsWith(END);
            DeviceId device = DeviceId.parse(end ? part.substring(END.length()) : part);
            for (Receiver receiver : receivers) {
                (end ? receiver.look() : receiver.ring()).accept(device);
            }
        }
    }

    @Override
    public String name() {
        return "push-hints";
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

    private Collection<String> payloads(List<String> parts) {
        List<String> payloads = new ArrayList<>();
        for (int from = 0; from < parts.size(); from += IDS_PER_PAYLOAD) {
            int to = Math.min(parts.size(), from + IDS_PER_PAYLOAD);
            payloads.add(node + "," + String.join(",", parts.subList(from, to)));
        }
        return payloads;
    }
}

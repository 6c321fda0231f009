package dev.kassa.push;

import dev.kassa.database.Notifications;
import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
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

    /** Stands for "look at everything now". */
    private static final String LOOK = "*";

    /** NOTIFY takes fewer than 8000 bytes; an id has 36 and a comma. */
    private static final int IDS_PER_PAYLOAD = 200;

    /** When it is not woken, there is nothing to send. */
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private record Receiver(Consumer<DeviceId> ring, Runnable look) {}

    private final Notifications notifications;
    private final Set<String> unsent = ConcurrentHashMap.newKeySet();
    private final List<Receiver> receivers = new CopyOnWriteArrayList<>();
    private volatile Runnable wake = () -> {};

    Hints(Notifications notifications) {
        this.notifications = notifications;
        notifications.listen(CHANNEL, this::received);
    }

    /** {@code ring}: this device has news; {@code look}: some stream may have to end. */
    void receive(Consumer<DeviceId> ring, Runnable look) {
        receivers.add(new Receiver(ring, look));
    }

    /** This device has news. Returns at once. */
    void send(DeviceId device) {
        unsent.add(device.toString());
        wake.run();
    }

    /** Some device's stream has to end, wherever it is. Returns at once. */
    void look() {
        unsent.add(LOOK);
        wake.run();
    }

    private void received(String payload) {
        for (String part : payload.split(",", -1)) {
            for (Receiver receiver : receivers) {
                if (part.equals(LOOK)) {
                    receiver.look().run();
                } else {
                    receiver.ring().accept(DeviceId.parse(part));
                }
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

    private static Collection<String> payloads(List<String> parts) {
        List<String> payloads = new ArrayList<>();
        for (int from = 0; from < parts.size(); from += IDS_PER_PAYLOAD) {
            int to = Math.min(parts.size(), from + IDS_PER_PAYLOAD);
            payloads.add(String.join(",", parts.subList(from, to)));
        }
        return payloads;
    }
}

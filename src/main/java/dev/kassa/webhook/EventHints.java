package dev.kassa.webhook;

import dev.kassa.database.Hints;
import dev.kassa.event.EventLog;
import dev.kassa.event.EventType;
import dev.kassa.kernel.MerchantId;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.stereotype.Component;

/**
 * Whose events have just been written, on this server or, by NOTIFY, on another. While no other
 * server is alive nothing is sent.
 */
@Component
public final class EventHints {
    /** To the other nodes: a merchant, and the names of the types of its new events. */
    private static final String TOPIC = "event";

    private static final String SPACE = " ";

    private final Hints hints;
    private final Lanes lanes;
    private final List<Follower> followers = new CopyOnWriteArrayList<>();

    /** Is told of each commit, and must return at once. */
    public interface Follower {
        void happened(MerchantId merchant, Set<EventType> types);
    }

    EventHints(EventLog events, Hints hints, Lanes lanes) {
        this.hints = hints;
        this.lanes = lanes;
        events.follow(this::here);
        hints.receive(TOPIC, this::elsewhere);
    }

    /** Tells it of each commit from now on. */
    public void follow(Follower follower) {
        followers.add(follower);
    }

    private void here(EventLog.Change change) {
        tell(change.merchant(), change.types());
        if (!lanes.isAlone()) {
            StringBuilder text = new StringBuilder(change.merchant().value());
            change.types().forEach(type -> text.append(SPACE).append(type.name()));
            hints.send(TOPIC, text.toString());
        }
    }

    private void elsewhere(String text) {
        List<String> words = List.of(text.split(SPACE, -1));
        Set<EventType> types = EnumSet.noneOf(EventType.class);
        for (EventType type : EventType.values()) {
            if (words.contains(type.name())) {
                types.add(type);
            }
        }
        tell(new MerchantId(words.getFirst()), types);
    }

    private void tell(MerchantId merchant, Set<EventType> types) {
        followers.forEach(follower -> follower.happened(merchant, types));
    }
}

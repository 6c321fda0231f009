package dev.kassa.support;

import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.SessionId;
import java.util.List;
import org.springframework.stereotype.Service;

/** Everything that happened to a session, for a page. */
@Service
public final class Timelines {
    private final SupportTable table;

    Timelines(SupportTable table) {
        this.table = table;
    }

    /** In the order in which it happened; nothing for a session that is not the merchant's. */
    public List<TimelineEntry> of(MerchantId merchant, SessionId session) {
        return table.timeline(merchant, session).map(Timeline::entries).orElse(List.of());
    }
}

package dev.kassa.webhook;

import dev.kassa.database.Sql;
import dev.kassa.kernel.DestinationId;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Vault;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.springframework.stereotype.Service;

/** A merchant's webhook destinations. */
@Service
public final class Destinations {
    private final DestinationTable table;
    private final Vault vault;
    private final InstantSource clock;

    Destinations(DestinationTable table, Vault vault, InstantSource clock) {
        this.table = table;
        this.vault = vault;
        this.clock = clock;
    }

    /** The destination called {@code name}, made or turned to {@code url}; it keeps its secret. */
    public Destination ensure(MerchantId merchant, String name, URI url) {
        Instant now = Sql.now(clock);
        Optional<DestinationTable.Row> known = table.findByName(merchant, name);
        if (known.isPresent()) {
            table.point(merchant, known.get().id(), url.toString(), now);
            String secret = vault.open(known.get().sealedSecret());
            return new Destination(known.get().id(), name, url, secret);
        }
        String secret = Signature.newSecret();
        DestinationId id = DestinationId.next();
        var row = new DestinationTable.Row(id, url.toString(), vault.seal(secret));
        table.insert(merchant, name, row, now);
        return new Destination(id, name, url, secret);
    }

    /** Stops sending to the destination called {@code name}, if there is one. */
    public void disable(MerchantId merchant, String name) {
        table.disable(merchant, name, Sql.now(clock));
    }
}

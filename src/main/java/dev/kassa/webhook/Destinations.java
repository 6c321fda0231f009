package dev.kassa.webhook;

import dev.kassa.database.Sql;
import dev.kassa.kernel.DestinationId;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Vault;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;

/** A merchant's webhook destinations. */
@Service
public final class Destinations {
    private static final Logger LOG = LoggerFactory.getLogger(Destinations.class);

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
            String secret = openOrRenew(known.get());
            var row =
                    new DestinationTable.Row(known.get().id(), url.toString(), vault.seal(secret));
            table.point(merchant, row, now);
            return new Destination(row.id(), name, url, secret);
        }
        String secret = Signature.newSecret();
        DestinationId id = DestinationId.next();
        var row = new DestinationTable.Row(id, url.toString(), vault.seal(secret));
        table.insert(merchant, name, row, now);
        return new Destination(id, name, url, secret);
    }

    /** The secret, or a new one when the master key it was sealed with is gone. */
    private String openOrRenew(DestinationTable.Row row) {
        try {
            return vault.open(row.sealedSecret());
        } catch (IllegalStateException e) {
            LOG.warn("The secret of destination {} cannot be read; it has a new one", row.id());
            return Signature.newSecret();
        }
    }

    /** Stops sending to the destination called {@code name}, if there is one. */
    public void disable(MerchantId merchant, String name) {
        table.disable(merchant, name, Sql.now(clock));
    }
}

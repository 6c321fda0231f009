package dev.kassa.webhook;

import dev.kassa.database.AfterCommit;
import dev.kassa.database.Sql;
import dev.kassa.event.EventLog;
import dev.kassa.kernel.DestinationId;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Problem;
import dev.kassa.kernel.Vault;
import dev.kassa.paging.Page;
import dev.kassa.paging.Paging;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/** A merchant's webhook destinations. */
@Service
public final class Destinations {
    private static final Logger LOG = LoggerFactory.getLogger(Destinations.class);

    /** How long the secret before a rotation signs too (contract 4.4). */
    private static final Duration OVERLAP = Duration.ofMinutes(10);

    private final DestinationTable table;
    private final DestinationSecretTable secrets;
    private final Deliveries deliveries;
    private final Vault vault;
    private final TransactionTemplate transactions;
    private final InstantSource clock;

    Destinations(
            DestinationTable table,
            DestinationSecretTable secrets,
            Deliveries deliveries,
            Vault vault,
            TransactionTemplate transactions,
            InstantSource clock) {
        this.table = table;
        this.secrets = secrets;
        this.deliveries = deliveries;
        this.vault = vault;
        this.transactions = transactions;
        this.clock = clock;
    }

    /** The merchant's destinations, newest first, without their secrets. */
    public Page<Destination> list(MerchantId merchant, Paging paging) {
        return table.list(merchant, paging, Sql.now(clock));
    }

    /**
     * One destination, without its secret.
     *
     * @throws Problem NOT_FOUND when there is none
     */
    public Destination get(MerchantId merchant, DestinationId id) {
        return table.find(merchant, id, Sql.now(clock)).orElseThrow(() -> unknown(id));
    }

    /**
     * A new destination, with its secret.
     *
     * @throws Problem CONFLICT when the name is taken or the merchant has too many
     */
    public Destination create(MerchantId merchant, Destination.Configuration wish) {
        String secret = Signature.newSecret();
        DestinationId id = DestinationId.next();
        transactions.executeWithoutResult(transaction -> {
            table.lock(merchant);
            if (!table.hasRoom(merchant)) {
                throw Problem.conflict(
                        "There are " + Limits.DESTINATIONS + " destinations; delete one first.");
            }
            if (!table.insert(merchant, id, wish, sealed(merchant, id, secret), Sql.now(clock))) {
                throw taken(wish);
            }
        });
        configured(id);
        return get(merchant, id).showing(secret);
    }

    /**
     * Replaces what the merchant decides about a destination. Enabling it tries at once what waits.
     *
     * @throws Problem NOT_FOUND when there is none, CONFLICT when another has the name
     */
    public Destination replace(
            MerchantId merchant, DestinationId id, Destination.Configuration wish) {
        return replace(merchant, id, wish, null);
    }

    /**
     * The same, unless it was changed meanwhile.
     *
     * @param seen {@link Destination#updatedAt} of what the change was made from; null for whatever
     *     it is now
     * @throws Problem also CONFLICT when it was changed since
     */
    public Destination replace(
            MerchantId merchant,
            DestinationId id,
            Destination.Configuration wish,
            @Nullable Instant seen) {
        transactions.executeWithoutResult(transaction -> {
            table.lock(merchant);
            Optional<DestinationId> named = table.findByName(merchant, wish.name());
            Destination before = get(merchant, id);
            if (named.isPresent() && !named.get().equals(before.id())) {
                throw taken(wish);
            }
            if (!table.replace(merchant, id, wish, seen, Sql.now(clock))) {
                throw seen == null ? unknown(id) : changed();
            }
        });
        configured(id);
        return get(merchant, id);
    }

    /**
     * Deletes a destination; what it has not been sent, it will not be.
     *
     * @throws Problem NOT_FOUND when there is none
     */
    public void delete(MerchantId merchant, DestinationId id) {
        if (!table.delete(merchant, id)) {
            throw unknown(id);
        }
        configured(id);
    }

    /**
     * Gives a destination a new secret, and shows it. For ten minutes requests are signed with the
     * one before too, so that the endpoint can be changed in between.
     *
     * @throws Problem NOT_FOUND when there is none
     */
    public Destination rotate(MerchantId merchant, DestinationId id) {
        Instant now = Sql.now(clock);
        String secret = Signature.newSecret();
        if (!secrets.rotate(merchant, id, sealed(merchant, id, secret), now.plus(OVERLAP), now)) {
            throw unknown(id);
        }
        configured(id);
        return get(merchant, id).showing(secret);
    }

    /**
     * Shows a destination's secret, once after it was made.
     *
     * @throws Problem NOT_FOUND when there is none, CONFLICT when it was revealed before
     */
    public Destination reveal(MerchantId merchant, DestinationId id) {
        Destination destination = get(merchant, id);
        String sealed =
                secrets.revealOnce(merchant, id, Sql.now(clock))
                        .orElseThrow(() ->
                                Problem.conflict(
                                        "The secret was revealed before. Rotate it to get"
                                                + " a new one."));
        return destination.showing(vault.open(DestinationTable.row(merchant, id), sealed));
    }

    /**
     * How a destination's requests are signed now, and which events it gets.
     *
     * @param secrets newest first
     */
    record Signing(List<String> secrets, List<String> eventTypes) {
        /** Without the secrets. */
        @Override
        public String toString() {
            return "Signing" + eventTypes;
        }
    }

    Signing signing(MerchantId merchant, DestinationId id) {
        Instant now = Sql.now(clock);
        List<String> types = get(merchant, id).eventTypes();
        List<String> secrets =
                table
                        .target(merchant, id)
                        .orElseThrow(() -> unknown(id))
                        .sealedSecrets(now)
                        .stream()
                        .map(sealed -> vault.open(DestinationTable.row(merchant, id), sealed))
                        .toList();
        return new Signing(secrets, types == null ? List.of(EventLog.documentedTypes()) : types);
    }

    /** The destination called {@code name}, made or turned to {@code url}; it keeps its secret. */
    public Destination ensure(MerchantId merchant, String name, URI url) {
        var wish = new Destination.Configuration(name, url, null, true);
        Optional<DestinationId> known = table.findByName(merchant, name);
        return known.isPresent()
                ? replace(merchant, known.get(), wish).showing(openOrRenew(merchant, known.get()))
                : create(merchant, wish);
    }

    private String sealed(MerchantId merchant, DestinationId id, String secret) {
        return vault.seal(DestinationTable.row(merchant, id), secret);
    }

    /** The secret, or a new one when the key it was sealed with is gone. */
    private String openOrRenew(MerchantId merchant, DestinationId id) {
        try {
            return vault.open(
                    DestinationTable.row(merchant, id),
                    table.target(merchant, id).orElseThrow().sealedSecret());
        } catch (IllegalStateException e) {
            LOG.warn("The secret of destination {} cannot be read; it has a new one", id);
            String secret = Signature.newSecret();
            var _ =
                    secrets.rotate(
                            merchant, id, sealed(merchant, id, secret), null, Sql.now(clock));
            configured(id);
            return secret;
        }
    }

    /** Stops sending to the destination called {@code name}, if there is one. */
    public void disable(MerchantId merchant, String name) {
        table.findByName(merchant, name)
                .ifPresent(id -> {
                    table.disable(merchant, id, Sql.now(clock));
                    configured(id);
                });
    }

    private void configured(DestinationId id) {
        AfterCommit.run(() -> deliveries.configured(id));
    }

    static Problem unknown(DestinationId id) {
        return Problem.notFound("There is no webhook destination " + id + ".");
    }

    private static Problem changed() {
        return Problem.conflict(
                "Somebody has changed the destination meanwhile. Look at it again first.");
    }

    private static Problem taken(Destination.Configuration wish) {
        return Problem.conflict("Another destination is called '" + wish.name() + "'.");
    }
}

package dev.kassa.location;

import dev.kassa.database.Sql;
import dev.kassa.kernel.LocationId;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Problem;
import dev.kassa.paging.Page;
import dev.kassa.paging.Paging;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** A merchant's locations. */
@Service
public final class Locations {
    private final LocationTable table;
    private final InstantSource clock;

    Locations(LocationTable table, InstantSource clock) {
        this.table = table;
        this.clock = clock;
    }

    /** A new location in {@code country} (ISO 3166-1 alpha-2). */
    public LocationId create(MerchantId merchant, String name, String country) {
        return create(merchant, LocationProfile.of(name, country));
    }

    /** A new location. */
    public LocationId create(MerchantId merchant, LocationProfile profile) {
        LocationId location = LocationId.next();
        table.insert(merchant, location, profile, Sql.now(clock));
        return location;
    }

    /**
     * Replaces all that is known of a location.
     *
     * @param seen its {@link Location#updatedAt} as whoever changes it saw it
     * @throws Problem NOT_FOUND when the merchant has no such location; CONFLICT when it was
     *     changed since
     */
    public void replace(
            MerchantId merchant, LocationId location, LocationProfile profile, Instant seen) {
        if (!table.replace(merchant, location, profile, seen, Sql.now(clock))) {
            var _ = get(merchant, location);
            throw Problem.conflict("The location was changed since you opened it. Look again.");
        }
    }

    /**
     * Changes what is given.
     *
     * @throws Problem NOT_FOUND when the merchant has no such location
     */
    public void edit(MerchantId merchant, LocationId location, LocationDetails details) {
        if (!table.edit(merchant, location, details, Sql.now(clock))) {
            throw unknown(location);
        }
    }

    /** A new cash register at one of the merchant's locations. */
    public void addCashRegister(MerchantId merchant, LocationId location, String name) {
        Instant now = Sql.now(clock);
        if (!table.insertCashRegister(merchant, location, name, now)) {
            throw unknown(location);
        }
    }

    /** The merchant's locations, newest first. */
    public Page<Location> list(MerchantId merchant, Paging paging) {
        return table.list(merchant, paging);
    }

    /**
     * The merchant's locations by name, at most {@code limit}.
     *
     * @param after the last one of the page before
     */
    public List<Location> byName(MerchantId merchant, @Nullable LocationId after, int limit) {
        return table.byName(merchant, after, limit);
    }

    /**
     * One of the merchant's locations.
     *
     * @throws Problem NOT_FOUND when there is none
     */
    public Location get(MerchantId merchant, LocationId location) {
        return table.find(merchant, location).orElseThrow(() -> unknown(location));
    }

    /**
     * Where something without a location of its own belongs: at {@code asked} if given, else at the
     * merchant's only location.
     *
     * @throws Problem NOT_FOUND when {@code asked} is not one of the merchant's; INVALID for {@code
     *     location_id} when none was given and the merchant has not exactly one
     */
    public LocationId resolve(MerchantId merchant, @Nullable LocationId asked) {
        if (asked != null) {
            if (!table.exists(merchant, asked)) {
                throw unknown(asked);
            }
            return asked;
        }
        List<LocationId> some = table.firstTwo(merchant);
        if (some.size() != 1) {
            throw Problem.invalid(
                    "location_id",
                    some.isEmpty()
                            ? "must be given, and this merchant has no location yet"
                            : "must be given, since this merchant has more than one location");
        }
        return some.getFirst();
    }

    private static Problem unknown(LocationId location) {
        return Problem.notFound("There is no location " + location + ".");
    }
}

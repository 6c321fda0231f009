package dev.kassa.location;

import dev.kassa.access.Permission;
import dev.kassa.access.Requires;
import dev.kassa.http.Query;
import dev.kassa.kernel.LocationId;
import dev.kassa.merchant.Merchant;
import dev.kassa.paging.Page;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Locations of the merchant API, read-only there (contract 2.5). */
@RestController
@Requires(Permission.LOCATIONS_READ)
@RequestMapping(path = "/ipp/v1/locations", produces = MediaType.APPLICATION_JSON_VALUE)
final class LocationApi {
    private final Locations locations;

    LocationApi(Locations locations) {
        this.locations = locations;
    }

    @GetMapping
    Page<Location> list(Merchant merchant, Query query) {
        var paging = query.openPaging();
        query.refuseOthers();
        query.throwIfAny();

        return locations.list(merchant.id(), paging);
    }

    @GetMapping("/{id}")
    Location get(Merchant merchant, @PathVariable("id") LocationId id) {
        return locations.get(merchant.id(), id);
    }
}

package dev.kassa.device;

import dev.kassa.access.Permission;
import dev.kassa.access.Requires;
import dev.kassa.http.JsonObject;
import dev.kassa.http.Operation;
import dev.kassa.http.Query;
import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.LocationId;
import dev.kassa.merchant.Merchant;
import dev.kassa.paging.Page;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Devices of the merchant API (contract 2.6). */
@RestController
@Requires(Permission.DEVICES_MANAGE)
final class DeviceApi {
    private final Devices devices;

    DeviceApi(Devices devices) {
        this.devices = devices;
    }

    @Requires(Permission.DEVICES_READ)
    @GetMapping(path = "/ipp/v1/devices", produces = MediaType.APPLICATION_JSON_VALUE)
    Page<DeviceView> list(Merchant merchant, Query query) {
        var filter =
                new Devices.Filter(
                        query.optional("location_id", "a UUID", LocationId::parse),
                        query.metadata());
        var paging = query.openPaging();
        query.refuseOthers();
        query.throwIfAny();

        return devices.list(merchant.id(), filter, paging).map(DeviceView::of);
    }

    @Operation(bodyBytes = Limits.METADATA_BODY_BYTES)
    @PutMapping(path = "/ipp/v1/devices/{id}", produces = MediaType.APPLICATION_JSON_VALUE)
    DeviceView update(Merchant merchant, @PathVariable("id") DeviceId id, JsonObject body) {
        Devices.Replacement replacement = Devices.Replacement.read(body);
        body.faults().throwIfAny();

        return DeviceView.of(devices.replace(merchant.id(), id, replacement));
    }

    @DeleteMapping("/ipp/v1/devices/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void deregister(Merchant merchant, @PathVariable("id") DeviceId id) {
        devices.deregister(merchant.id(), id);
    }
}

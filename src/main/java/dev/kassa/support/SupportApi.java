package dev.kassa.support;

import dev.kassa.access.Permission;
import dev.kassa.access.Requires;
import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.Problem;
import dev.kassa.kernel.SessionId;
import dev.kassa.merchant.Merchant;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Answers for support, to the merchant whose session or device it is. */
@RestController
@Requires(Permission.TIMELINES_READ)
@RequestMapping(path = "/kassa/v1", produces = MediaType.APPLICATION_JSON_VALUE)
final class SupportApi {
    private final SupportTable table;

    SupportApi(SupportTable table) {
        this.table = table;
    }

    @GetMapping("/sessions/{session_id}/timeline")
    Timeline timeline(Merchant merchant, @PathVariable("session_id") SessionId session) {
        return table.timeline(merchant.id(), session)
                .orElseThrow(() -> Problem.notFound("There is no session " + session + "."));
    }

    @Requires(Permission.DEVICES_READ)
    @GetMapping("/devices/{device_id}/presence")
    DevicePresence presence(Merchant merchant, @PathVariable("device_id") DeviceId device) {
        return table.presence(merchant.id(), device, Limits.NODE_SILENCE)
                .orElseThrow(() -> Problem.notFound("There is no device " + device + "."));
    }
}

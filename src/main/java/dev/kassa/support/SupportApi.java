package dev.kassa.support;

import dev.kassa.database.Sql;
import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.Problem;
import dev.kassa.kernel.SessionId;
import dev.kassa.merchant.Merchant;
import java.time.Instant;
import java.time.InstantSource;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Answers for support, to the merchant whose session or device it is. */
@RestController
@RequestMapping(path = "/kassa/v1", produces = MediaType.APPLICATION_JSON_VALUE)
final class SupportApi {
    private final SupportTable table;
    private final InstantSource clock;

    SupportApi(SupportTable table, InstantSource clock) {
        this.table = table;
        this.clock = clock;
    }

    @GetMapping("/sessions/{session_id}/timeline")
    Timeline timeline(Merchant merchant, @PathVariable("session_id") SessionId session) {
        return table.timeline(merchant.id(), session)
                .orElseThrow(() -> Problem.notFound("There is no session " + session + "."));
    }

    @GetMapping("/devices/{device_id}/presence")
    Presence presence(Merchant merchant, @PathVariable("device_id") DeviceId device) {
        Instant aliveSince = Sql.now(clock).minus(Limits.NODE_SILENCE);
        return table.presence(merchant.id(), device, aliveSince)
                .orElseThrow(() -> Problem.notFound("There is no device " + device + "."));
    }
}

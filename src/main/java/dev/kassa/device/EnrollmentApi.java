package dev.kassa.device;

import dev.kassa.access.Permission;
import dev.kassa.access.Requires;
import dev.kassa.http.JsonObject;
import dev.kassa.http.Operation;
import dev.kassa.http.Query;
import dev.kassa.kernel.EnrollmentId;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.LocationId;
import dev.kassa.merchant.Merchant;
import dev.kassa.paging.Page;
import java.time.Duration;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Enrollments of the merchant API (contract 2.4). */
@RestController
@Requires(Permission.DEVICES_MANAGE)
final class EnrollmentApi {
    private static final String TTL_FORM =
            "one of TWO_HOURS, TWENTY_FOUR_HOURS, FORTY_EIGHT_HOURS, SEVENTY_TWO_HOURS";

    private final Enrollments enrollments;

    EnrollmentApi(Enrollments enrollments) {
        this.enrollments = enrollments;
    }

    /** The lives that newer clients name instead of counting milliseconds. */
    private enum Ttl {
        TWO_HOURS(2),
        TWENTY_FOUR_HOURS(24),
        FORTY_EIGHT_HOURS(48),
        SEVENTY_TWO_HOURS(72);

        private final Duration life;

        Ttl(int hours) {
            life = Duration.ofHours(hours);
        }
    }

    @GetMapping(path = "/ipp/v1/enrollments", produces = MediaType.APPLICATION_JSON_VALUE)
    Page<Enrollment> list(Merchant merchant, Query query) {
        var filter =
                new Enrollments.Filter(
                        query.optional("location_id", "a UUID", LocationId::parse),
                        query.metadata(),
                        query.flag("include_consumed", true));
        var paging = query.paging();
        query.refuseOthers();
        query.throwIfAny();

        return enrollments.list(merchant.id(), filter, paging);
    }

    @DeleteMapping("/ipp/v1/enrollments/{enrollment_id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void withdraw(Merchant merchant, @PathVariable("enrollment_id") EnrollmentId enrollment) {
        enrollments.withdraw(merchant.id(), enrollment);
    }

    @Operation(bodyBytes = Limits.METADATA_BODY_BYTES)
    @PostMapping(path = "/ipp/v1/enrollments", produces = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.CREATED)
    Enrollment create(Merchant merchant, JsonObject body) {
        var metadata = body.metadata("metadata");
        LocationId location = body.optional("location_id", "a UUID", LocationId::parse);
        Duration life = life(body);
        body.faults().throwIfAny();

        return enrollments.create(merchant.id(), location, life, metadata);
    }

    /** {@code ttl} wins over {@code expires_in}; with neither, two hours (ruling R5). */
    private static Duration life(JsonObject body) {
        @Nullable Ttl ttl = body.optional("ttl", TTL_FORM, Ttl::valueOf);
        OptionalLong expiresIn = body.optionalLong("expires_in");
        if (expiresIn.isEmpty()) {
            return ttl == null ? Enrollments.DEFAULT_LIFE : ttl.life;
        }
        if (expiresIn.getAsLong() < 1 || expiresIn.getAsLong() > Limits.ENROLLMENT_LIFE_MS) {
            body.fault(
                    "expires_in",
                    "must be between 1 and " + Limits.ENROLLMENT_LIFE_MS + " milliseconds");
            return Enrollments.DEFAULT_LIFE;
        }
        return ttl == null ? Duration.ofMillis(expiresIn.getAsLong()) : ttl.life;
    }
}

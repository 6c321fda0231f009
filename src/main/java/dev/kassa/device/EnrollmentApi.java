package dev.kassa.device;

import dev.kassa.http.JsonObject;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.LocationId;
import dev.kassa.merchant.Merchant;
import java.time.Duration;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Enrollments of the merchant API (contract 2.4). */
@RestController
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

    @PostMapping("/ipp/v1/enrollments")
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
        if (ttl != null) {
            return ttl.life;
        }
        if (expiresIn.isEmpty()) {
            return Enrollments.DEFAULT_LIFE;
        }
        if (expiresIn.getAsLong() < 1 || expiresIn.getAsLong() > Limits.ENROLLMENT_LIFE_MS) {
            body.fault(
                    "expires_in",
                    "must be between 1 and " + Limits.ENROLLMENT_LIFE_MS + " milliseconds");
            return Enrollments.DEFAULT_LIFE;
        }
        return Duration.ofMillis(expiresIn.getAsLong());
    }
}

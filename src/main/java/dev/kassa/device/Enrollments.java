package dev.kassa.device;

import dev.kassa.database.Sql;
import dev.kassa.kernel.EnrollmentId;
import dev.kassa.kernel.LocationId;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Secrets;
import dev.kassa.location.Locations;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Service;

/** Makes pairing codes. */
@Service
public final class Enrollments {
    /** What a code lives when nothing is asked for; also the longest life of a code to be typed. */
    static final Duration DEFAULT_LIFE = Duration.ofHours(2);

    /** Without 0/O, 1/I/L and U/V, which people misread. */
    private static final String CODE_ALPHABET = "ABCDEFGHJKMNPQRSTWXYZ23456789";

    private static final int CODE_CHARS = 8;

    /** 29^8 codes: with a million pending, one draw in half a million collides. */
    private static final int DRAWS = 5;

    private final EnrollmentTable table;
    private final Locations locations;
    private final InstantSource clock;

    Enrollments(EnrollmentTable table, Locations locations, InstantSource clock) {
        this.table = table;
        this.locations = locations;
        this.clock = clock;
    }

    /**
     * A new code: 8 characters for a person to type when it lives up to 2 hours, a UUID to copy
     * when it lives longer (contract 2.4).
     */
    public Enrollment create(
            MerchantId merchant,
            @Nullable LocationId asked,
            Duration life,
            Map<String, String> metadata) {
        LocationId location = locations.resolve(merchant, asked);
        Instant now = Sql.now(clock);
        for (int draw = 1; ; draw++) {
            Enrollment enrollment =
                    new Enrollment(
                            EnrollmentId.next(),
                            code(life),
                            now.plus(life),
                            Enrollment.Status.PENDING,
                            metadata);
            try {
                table.insert(merchant, location, enrollment, now);
                return enrollment;
            } catch (DuplicateKeyException e) {
                if (draw == DRAWS) {
                    throw e;
                }
            }
        }
    }

    private static String code(Duration life) {
        return life.compareTo(DEFAULT_LIFE) > 0
                ? UUID.randomUUID().toString().toUpperCase(Locale.ROOT)
                : Secrets.characters(CODE_CHARS, CODE_ALPHABET);
    }
}

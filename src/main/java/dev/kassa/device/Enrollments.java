package dev.kassa.device;

import dev.kassa.database.Sql;
import dev.kassa.kernel.EnrollmentId;
import dev.kassa.kernel.LocationId;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Problem;
import dev.kassa.kernel.Secrets;
import dev.kassa.location.Locations;
import dev.kassa.paging.Page;
import dev.kassa.paging.Paging;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
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
            if (table.insert(merchant, location, enrollment, now)) {
                return enrollment;
            }
            if (draw == DRAWS) {
                throw new IllegalStateException("no free enrollment code in " + DRAWS + " draws");
            }
        }
    }

    /** The merchant's codes, newest first; those withdrawn are never shown. */
    public Page<Enrollment> list(MerchantId merchant, Filter filter, Paging paging) {
        return table.list(merchant, filter, paging, Sql.now(clock));
    }

    /**
     * Which codes to list.
     *
     * @param metadata all of these entries
     */
    public record Filter(
            @Nullable LocationId location, Map<String, String> metadata, boolean includeConsumed) {}

    /**
     * Withdraws a code: it pairs nothing any more and is no longer listed. A device it has paired
     * stays.
     *
     * @throws Problem NOT_FOUND when there is none, or it was withdrawn before
     */
    public void withdraw(MerchantId merchant, EnrollmentId enrollment) {
        if (!table.withdraw(merchant, enrollment)) {
            throw Problem.notFound("There is no enrollment " + enrollment + ".");
        }
    }

    private static String code(Duration life) {
        return life.compareTo(DEFAULT_LIFE) > 0
                ? UUID.randomUUID().toString()
                : Secrets.characters(CODE_CHARS, CODE_ALPHABET);
    }
}

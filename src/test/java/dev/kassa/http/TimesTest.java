package dev.kassa.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Times of the whole grammar of RFC 3339 and of the printers of many languages. */
class TimesTest {
    private static final int ROUNDS = 20_000;
    private static final long FIRST = Instant.parse("0001-01-03T00:00:00Z").getEpochSecond();
    private static final long LAST = Instant.parse("9999-12-29T00:00:00Z").getEpochSecond();

    private static final DateTimeFormatter PHP_ISO_8601 =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ssxx", Locale.ROOT);
    private static final DateTimeFormatter PHP_ATOM =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ssxxx", Locale.ROOT);
    private static final DateTimeFormatter PHP_EXTENDED =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSxxx", Locale.ROOT);

    private static Instant moment(Random random) {
        long second = FIRST + (long) (random.nextDouble() * (LAST - FIRST));
        Instant moment = Instant.ofEpochSecond(second, random.nextInt(1_000_000_000));
        return switch (random.nextInt(4)) {
            case 0 -> moment.truncatedTo(ChronoUnit.MINUTES);
            case 1 -> moment.truncatedTo(ChronoUnit.SECONDS);
            case 2 -> moment.truncatedTo(ChronoUnit.MILLIS);
            default -> moment;
        };
    }

    private static ZoneOffset offset(Random random) {
        int minutes = random.nextInt(-18 * 60, 18 * 60 + 1);
        return ZoneOffset.ofTotalSeconds(minutes * 60);
    }

    @Test
    void whatJavaAndPhpPrintIsReadBack() {
        Random random = new Random(20_261_125);
        for (int i = 0; i < ROUNDS; i++) {
            Instant moment = moment(random);
            Instant kept = moment.truncatedTo(ChronoUnit.MICROS);
            OffsetDateTime local = moment.atOffset(offset(random));
            assertThat(Times.parse(moment.toString())).isEqualTo(kept);
            assertThat(Times.parse(local.toString())).as("%s", local).isEqualTo(kept);
            assertThat(Times.parse(local.toString().toLowerCase(Locale.ROOT))).isEqualTo(kept);
            Instant seconds = moment.truncatedTo(ChronoUnit.SECONDS);
            assertThat(Times.parse(PHP_ISO_8601.format(local))).isEqualTo(seconds);
            assertThat(Times.parse(PHP_ATOM.format(local))).isEqualTo(seconds);
            assertThat(Times.parse("+" + PHP_ATOM.format(local))).isEqualTo(seconds);
            assertThat(Times.parse(PHP_EXTENDED.format(local)))
                    .isEqualTo(moment.truncatedTo(ChronoUnit.MILLIS));
            ZonedDateTime zoned =
                    Instant.ofEpochSecond(random.nextInt()).atZone(ZoneId.of("Europe/Stockholm"));
            assertThat(Times.parse(zoned.toString())).as("%s", zoned).isEqualTo(zoned.toInstant());
        }
    }

    /** Each part by itself beyond its range, and each sign by another. */
    @Test
    void nothingBesideTheGrammarIsRead() {
        Random random = new Random(3339);
        String signs = "0123456789TtZz:+-. ,/[]\u0661\u2212";
        int refused = 0;
        for (int i = 0; i < ROUNDS; i++) {
            StringBuilder text =
                    new StringBuilder(moment(random).atOffset(offset(random)).toString());
            int at = random.nextInt(text.length());
            switch (random.nextInt(3)) {
                case 0 -> text.deleteCharAt(at);
                case 1 -> text.insert(at, signs.charAt(random.nextInt(signs.length())));
                default -> text.setCharAt(at, signs.charAt(random.nextInt(signs.length())));
            }
            String changed = text.toString();
            try {
                Instant read = Times.parse(changed);
                assertThat(changed)
                        .matches(
                                "\\+?\\d{4}-\\d\\d-\\d\\d[Tt ]\\d\\d:\\d\\d(:\\d\\d(\\.\\d+)?)?"
                                        + "([Zz]| ?[+-]\\d\\d(:?\\d\\d)?)");
                assertThat(read)
                        .isBetween(
                                Instant.parse("0001-01-01T00:00:00Z"),
                                Instant.parse("9999-12-31T23:59:59.999999Z"));
            } catch (DateTimeException e) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(ROUNDS / 3);
    }

    @ParameterizedTest
    @CsvSource({
        "2016-12-31T23:59:60Z, 2017-01-01T00:00:00Z",
        "2015-06-30T23:59:60.25Z, 2015-07-01T00:00:00.25Z",
        "2017-01-01T08:59:60+09:00, 2017-01-01T00:00:00Z",
        "2024-01-15T10:30:00.9999999Z, 2024-01-15T10:30:00.999999Z",
        "1969-12-31T23:59:59.9999999Z, 1969-12-31T23:59:59.999999Z",
        "2024-01-15T10:30:00.1234567890123456789012345678901234567890Z, 2024-01-15T10:30:00.123456Z",
        "2024-01-15T10:30+01:00[Europe/Stockholm], 2024-01-15T09:30:00Z",
        "2024-01-15T10:30Z[UTC], 2024-01-15T10:30:00Z",
        "0001-01-01T18:00:00+18:00, 0001-01-01T00:00:00Z",
        "9999-12-31T05:59:59.999999-18:00, 9999-12-31T23:59:59.999999Z",
        "2024-01-15 10:30:00Z, 2024-01-15T10:30:00Z",
        "2024-01-15 10:30:00.123456+00:00, 2024-01-15T10:30:00.123456Z",
        "2024-01-15 10:30:00.5+05, 2024-01-15T05:30:00.5Z",
        "2024-01-15 10:30:00 +0100, 2024-01-15T09:30:00Z",
        "2024-01-15T10:30:00-03, 2024-01-15T13:30:00Z"
    })
    void edges(String text, Instant moment) {
        assertThat(Times.parse(text)).isEqualTo(moment);
    }

    @ParameterizedTest
    @CsvSource({
        "2016-12-30T23:59:60Z",
        "2016-12-31T23:58:60Z",
        "2016-12-31T23:59:60+01:00",
        "9999-12-31T23:59:60Z",
        "2024-01-15T10:30:00+18:01",
        "2024-01-15T10:30:00+00:60",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "2024-01-15T10:30Z[]",
        "2024-01-15 10:30:00 Z",
        "2024-01-15 10:30:00",
        "2024-01-15  10:30:00Z",
        "2024-01-15T10:30:00  +01",
        "2024-01-15T10:30:00+1",
        "2024-01-15T10:30:00+01:",
        "2024-01-15T10:30Z[!u-ca=hebrew]"
    })
    void refused(String text) {
        assertThatThrownBy(() -> Times.parse(text)).isInstanceOf(DateTimeException.class);
    }
}

package dev.kassa.http;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads points in time: RFC 3339, and what the printers of Java, PHP, Python, Ruby, Swift and
 * PostgreSQL write besides. That is a full minute without seconds ({@code 2024-01-15T10:30Z}), an
 * offset without a colon ({@code +0100}) or without minutes ({@code +01}), a blank in the place of
 * the T and before the offset, a year with a plus sign, and the name of the time zone behind the
 * offset ({@code +01:00[Europe/Stockholm]}), which is not looked at since the offset says all.
 *
 * <p>A leap second is the second after it. What is finer than a microsecond is cut off, since the
 * database keeps no more.
 */
final class Times {
    /** What is expected, in words. */
    static final String FORM = "a date and time with an offset, such as 2024-01-15T10:30:00Z";

    private static final Pattern TIME =
            Pattern.compile(
                    "\\+?(?<year>\\d{4})-(?<month>\\d\\d)-(?<day>\\d\\d)[Tt ]"
                            + "(?<hour>\\d\\d):(?<minute>\\d\\d)(:(?<second>\\d\\d)(\\.(?<fraction>\\d+))?)?"
                            + "([Zz]| ?(?<sign>[+-])(?<hours>\\d\\d)(:?(?<minutes>\\d\\d))?)"
                            + "(\\[[A-Za-z][A-Za-z0-9_+/-]{0,60}])?");

    private static final int MICRO_DIGITS = 6;
    private static final int NANOS_OF_A_MICRO = 1000;
    private static final int LEAP_SECOND = 60;
    private static final int LAST_YEAR = 9999;

    private Times() {}

    /**
     * The moment, cut to microseconds, in a year of four digits in UTC.
     *
     * @throws DateTimeException when the text is no such time
     */
    static Instant parse(String text) {
        Matcher time = TIME.matcher(text);
        if (!time.matches()) {
            throw new DateTimeException("neither RFC 3339 nor near it");
        }
        int second = number(time.group("second"));
        LocalDateTime local =
                LocalDateTime.of(
                        number(time.group("year")),
                        number(time.group("month")),
                        number(time.group("day")),
                        number(time.group("hour")),
                        number(time.group("minute")),
                        Math.min(second, LEAP_SECOND - 1),
                        micros(time.group("fraction")) * NANOS_OF_A_MICRO);
        LocalDateTime utc = local.minusSeconds(offset(time).getTotalSeconds());
        if (second == LEAP_SECOND) {
            utc = afterLeapSecond(utc);
        } else if (second > LEAP_SECOND) {
            throw new DateTimeException("a minute has at most 60 seconds and a leap second");
        }
        if (utc.getYear() < 1 || utc.getYear() > LAST_YEAR) {
            throw new DateTimeException("a year of other than four digits in UTC");
        }
        return utc.toInstant(ZoneOffset.UTC);
    }

    private static int number(@Nullable String digits) {
        return digits == null ? 0 : Integer.parseInt(digits);
    }

    private static int micros(@Nullable String fraction) {
        return fraction == null
                ? 0
                : Integer.parseInt((fraction + "00000").substring(0, MICRO_DIGITS));
    }

    /** At most 18 hours, as Java has it; no place on earth is farther from UTC than 14. */
    private static ZoneOffset offset(Matcher time) {
        int sign = "-".equals(time.group("sign")) ? -1 : 1;
        int hours = number(time.group("hours"));
        int minutes = number(time.group("minutes"));
        return ZoneOffset.ofHoursMinutes(sign * hours, sign * minutes);
    }

    /** Leap seconds are put in at the end of a month of UTC, and nowhere else. */
    private static LocalDateTime afterLeapSecond(LocalDateTime before) {
        LocalDateTime after = before.plusSeconds(1);
        boolean endOfMonth = before.getDayOfMonth() == YearMonth.from(before).lengthOfMonth();
        if (!endOfMonth || after.getDayOfMonth() != 1) {
            throw new DateTimeException("no leap second then");
        }
        return after;
    }
}

package dev.kassa.portal;

import java.math.BigDecimal;
import java.text.NumberFormat;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Currency;
import java.util.Locale;

/**
 * Amounts and times as a reader of this language writes them, seen from this moment and by the
 * clocks of this zone.
 */
record PortalFormats(Locale locale, Instant now, ZoneId zone) {
    private static final DateTimeFormatter EXACT =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss xxx", Locale.ROOT);

    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT);

    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);

    private static final DateTimeFormatter FIELD =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);

    /** {@code 240.00 SEK}. */
    public String money(long minor, String currency) {
        int digits = digits(currency);
        NumberFormat format = NumberFormat.getNumberInstance(locale);
        format.setMinimumFractionDigits(digits);
        format.setMaximumFractionDigits(digits);
        return format.format(BigDecimal.valueOf(minor, digits)) + "\u00a0" + currency;
    }

    static int digits(String currency) {
        return Math.max(0, Currency.getInstance(currency).getDefaultFractionDigits());
    }

    /** To the second, with the zone's offset then. */
    public String exact(Instant time) {
        return EXACT.format(time.atZone(zone));
    }

    /** To the millisecond, without the day. */
    public String clock(Instant time) {
        return CLOCK.format(time.atZone(zone));
    }

    /** How long ago; of more than a day, when. */
    public String ago(Instant time) {
        Duration ago = Duration.between(time, now);
        if (ago.toDays() >= 1 || ago.toMinutes() < -1) {
            return DAY.format(time.atZone(zone));
        }
        return length(ago);
    }

    private static String length(Duration time) {
        long minutes = Math.max(0, time.toMinutes());
        if (minutes < 1) {
            return Math.max(0, time.toSeconds()) + "\u00a0s";
        }
        return minutes < 60 ? minutes + "\u00a0min" : minutes / 60 + "\u00a0h";
    }

    /** How long until then; of more than a day, when. */
    public String ahead(Instant time) {
        Duration ahead = Duration.between(now, time);
        return ahead.toDays() >= 1 ? DAY.format(time.atZone(zone)) : length(ahead);
    }

    /** To the minute, as a field for a date and time takes it. */
    public static String field(Instant time) {
        return FIELD.format(time);
    }

    /** A country's name, of its code. */
    public String country(String code) {
        return Locale.of("", code).getDisplayCountry(locale);
    }

    /** {@code + 12 ms}, from one moment to the next. */
    public String gap(Instant from, Instant to) {
        return "+\u00a0" + millis(Duration.between(from, to).toMillis());
    }

    /** {@code 1,200 ms}. */
    public String millis(long millis) {
        return NumberFormat.getIntegerInstance(locale).format(millis) + "\u00a0ms";
    }
}

package dev.kassa.receipt;

import java.math.BigDecimal;
import java.text.NumberFormat;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.Currency;
import java.util.regex.Pattern;

/** How amounts, rates and times are written in one language, for one receipt. */
public final class Formats {
    /** Where a currency is named by its code and not by a symbol, as in SEK400.00. */
    private static final Pattern LETTER_BEFORE_DIGIT = Pattern.compile("(?<=\\p{L})(?=\\d)");

    private final Language language;
    private final Currency currency;
    private final ZoneId zone;

    Formats(Language language, Receipt receipt) {
        this.language = language;
        this.currency = Currency.getInstance(receipt.purchaseCurrency());
        this.zone = ZoneId.of(receipt.timeZone());
    }

    /** Minor units with the currency's symbol. */
    public String money(long minor) {
        NumberFormat format = NumberFormat.getCurrencyInstance(language.locale());
        format.setCurrency(currency);
        int digits = currency.getDefaultFractionDigits();
        format.setMinimumFractionDigits(digits);
        format.setMaximumFractionDigits(digits);
        return LETTER_BEFORE_DIGIT
                .matcher(format.format(BigDecimal.valueOf(minor, digits)))
                .replaceAll("\u00a0");
    }

    /** Minor units without the currency, for columns. */
    public String plain(long minor) {
        NumberFormat format = NumberFormat.getNumberInstance(language.locale());
        int digits = currency.getDefaultFractionDigits();
        format.setMinimumFractionDigits(digits);
        format.setMaximumFractionDigits(digits);
        return format.format(BigDecimal.valueOf(minor, digits));
    }

    /** Basis points as a percentage. */
    public String rate(int basisPoints) {
        NumberFormat format = NumberFormat.getPercentInstance(language.locale());
        format.setMaximumFractionDigits(2);
        return format.format(BigDecimal.valueOf(basisPoints, 4));
    }

    /** Date and time on the store's clock, which is named where the store's country is unknown. */
    public String time(Instant instant) {
        String pattern =
                DateTimeFormatter.ofLocalizedDateTime(FormatStyle.LONG, FormatStyle.SHORT)
                        .withLocale(language.locale())
                        .withZone(zone)
                        .format(instant);
        return zone.getId().equals("UTC") ? pattern + " UTC" : pattern;
    }
}

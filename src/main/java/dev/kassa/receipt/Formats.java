package dev.kassa.receipt;

import dev.kassa.kernel.Text;
import dev.kassa.order.Market;
import java.math.BigDecimal;
import java.text.NumberFormat;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.Currency;
import java.util.regex.Pattern;

/** How amounts, rates and times are written in one language, for one receipt. */
final class Formats {
    /** Where a currency is named by its code and not by a symbol, as in SEK400.00. */
    private static final Pattern LETTER_BEFORE_DIGIT = Pattern.compile("(?<=\\p{L})(?=\\d)");

    private static final int QUANTITY_DIGITS = 4;

    private final Language language;
    private final Currency currency;
    private final Market market;

    Formats(Language language, Receipt receipt) {
        this.language = language;
        this.currency = Currency.getInstance(receipt.purchaseCurrency());
        this.market = Market.of(receipt.store().country());
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

    /**
     * Date and time on the store's clock; with the offset in the hour that repeats in autumn, and
     * where the country alone does not say which clock it is.
     */
    public String time(Instant instant) {
        ZonedDateTime local = instant.atZone(market.zone());
        String text =
                DateTimeFormatter.ofLocalizedDateTime(FormatStyle.LONG, FormatStyle.SHORT)
                        .withLocale(language.locale())
                        .format(local);
        boolean twice =
                market.zone().getRules().getValidOffsets(local.toLocalDateTime()).size() > 1;
        return market.certain() && !twice ? text : text + " " + offset(local.getOffset());
    }

    private static String offset(ZoneOffset offset) {
        return offset.equals(ZoneOffset.UTC) ? "UTC" : "UTC" + offset;
    }

    /** Pieces, or a weight. */
    public String quantity(BigDecimal quantity) {
        NumberFormat format = NumberFormat.getNumberInstance(language.locale());
        format.setMaximumFractionDigits(QUANTITY_DIGITS);
        return format.format(quantity);
    }

    /** What a merchant wrote, fit for a page. */
    public String text(String text) {
        return Text.printable(text);
    }
}

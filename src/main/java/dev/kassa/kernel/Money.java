package dev.kassa.kernel;

import java.math.BigDecimal;
import java.util.Currency;

/**
 * An amount in minor units (19900 is 199.00 SEK) with its currency beside it. Sums are exact: an
 * overflow throws {@link ArithmeticException}.
 */
public record Money(long minor, Currency currency) {
    /** The amount of {@code minor} units of the ISO 4217 {@code currency}. */
    public static Money of(long minor, String currency) {
        return new Money(minor, Currency.getInstance(currency));
    }

    /** As people write it, with as many decimals as the currency has: {@code 250.00 SEK}. */
    public String written() {
        int digits = Math.max(0, currency.getDefaultFractionDigits());
        return BigDecimal.valueOf(minor, digits).toPlainString() + " " + currency.getCurrencyCode();
    }

    @Override
    public String toString() {
        return minor + " " + currency.getCurrencyCode();
    }
}

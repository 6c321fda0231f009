package dev.kassa.payment;

/**
 * The card that paid, as far as a receipt may show it.
 *
 * @param brand such as {@code Visa}
 * @param last4 the last four digits
 */
public record Card(String brand, String last4) {
    /** As a receipt shows it. */
    public String masked() {
        return brand + " **** " + last4;
    }
}

package dev.kassa.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ErrorMessagesTest {
    @ParameterizedTest
    @CsvSource({
        "order_amount, The order amount is missing.",
        "order_items[1].unit_price, The unit price of line 2 is missing.",
        "order_lines[0].product_identifiers.brand, The brand of the product identifiers of line 1 is missing.",
        "billing_address.postal_code, The postal code of the billing address is missing.",
        "shipping_info[2].tracking_uri, The address to follow the parcel of shipping info 3 is missing.",
        "order_items[0], Line 1 is missing.",
        "event_types[3], Event type 4 is missing.",
        "device_id, The device ID is missing.",
        "purchase_started_at, The start of the purchase is missing.",
        "metadata.store.id, The metadata value of 'store.id' is missing.",
        "metadata, The metadata is missing.",
        "Idempotency-Key, The header Idempotency-Key is missing.",
        "sessionId, The parameter 'sessionId' is missing.",
        "page_size, The page size is missing."
    })
    void aPathIsSaidInWords(String path, String sentence) {
        assertThat(ErrorMessages.of(path, "is missing", "")).isEqualTo(sentence);
    }

    @Test
    void whatIsASentenceAlreadyStaysOne() {
        assertThat(ErrorMessages.of("x", "Nothing is known of it", ""))
                .isEqualTo("Nothing is known of it.");
        assertThat(ErrorMessages.of("", "3 more fields are at fault", ""))
                .isEqualTo("3 more fields are at fault.");
        assertThat(ErrorMessages.of("order_id", "must be a UUID", "order_id"))
                .isEqualTo("The order ID (order_id) must be a UUID.");
    }

    @Test
    void whatACallerMadeUpIsMadeFitToBeShown() {
        assertThat(ErrorMessages.of("metadata." + "x".repeat(100) + "\u001b", "is missing", ""))
                .isEqualTo("The metadata value of '" + "x".repeat(60) + "…' is missing.");
        assertThat(ErrorMessages.quoted("a\u0007b")).isEqualTo("'a\uFFFDb'");
    }
}

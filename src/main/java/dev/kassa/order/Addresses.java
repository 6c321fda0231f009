package dev.kassa.order;

import dev.kassa.http.Json;
import dev.kassa.http.JsonObject;
import org.jspecify.annotations.Nullable;

/** The addresses that a request replaces, as JSON; null keeps the one there is. */
record Addresses(@Nullable String billing, @Nullable String shipping) {
    static Addresses read(JsonObject body) {
        Address billing = body.optionalObject("billing_address", Address::read);
        Address shipping = body.optionalObject("shipping_address", Address::read);
        body.faults().throwIfAny();

        return new Addresses(
                billing == null ? null : Json.write(billing),
                shipping == null ? null : Json.write(shipping));
    }
}

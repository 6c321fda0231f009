package dev.kassa.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import tools.jackson.databind.JsonNode;

/** A destination as its merchant sees it, through the API. */
public record TestDestination(TestMerchant merchant, String id, String secret) {
    public static final Duration PATIENCE = Duration.ofSeconds(20);
    public static final String PATH = "/kassa/v1/webhook-destinations";

    public static TestDestination create(TestMerchant merchant, String name, URI url) {
        Answer made =
                merchant.api()
                        .post(PATH, "{\"name\": \"%s\", \"url\": \"%s\"}".formatted(name, url))
                        .is(201);
        return new TestDestination(merchant, made.text("id"), made.text("secret"));
    }

    public String path() {
        return PATH + "/" + id;
    }

    public JsonNode get() {
        return merchant.api().get(path()).is(200).json();
    }

    /** Its deliveries, newest first, without their logs. */
    public JsonNode deliveries() {
        return merchant.api().get(path() + "/deliveries").is(200).json().path("content");
    }

    /** Its only delivery, with its log, once it has been tried that often. */
    public JsonNode tried(int attempts) {
        Await.until(
                "try " + attempts + " of " + get().path("name"),
                PATIENCE,
                () -> deliveries().path(0).path("attempts").asInt() >= attempts);
        assertThat(deliveries()).hasSize(1);
        String event = deliveries().path(0).path("event_id").asString();
        return merchant.api().get(path() + "/deliveries/" + event).is(200).json();
    }
}

package dev.kassa.merchant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.testing.Answer;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class MerchantSettingsTest {
    private static final String PATH = "/kassa/v1/settings";

    private final TestServer server = TestServer.shared();
    private final TestMerchant merchant = server.merchant();

    private Duration life() {
        Answer made =
                merchant.api()
                        .post("/ipp/v1/sessions", TestMerchant.cart(merchant.device().id()))
                        .is(200);
        return Duration.between(
                Instant.parse(made.text("created_at")), Instant.parse(made.text("expires_at")));
    }

    @Test
    void holdForTheSessionsMadeFromThenOn() {
        assertThat(merchant.api().get(PATH).is(200).json().toString())
                .isEqualTo("{\"manual_capture\":false}");
        assertThat(life()).isEqualTo(Duration.ofHours(1));
        merchant.api()
                .put(PATH, "{\"manual_capture\": true, \"session_ttl_seconds\": 900}")
                .is(200);
        assertThat(life()).isEqualTo(Duration.ofMinutes(15));
        assertThat(merchant.api().get(PATH).is(200).json().toString())
                .isEqualTo("{\"manual_capture\":true,\"session_ttl_seconds\":900}");
        assertThat(server.merchant().api().get(PATH).is(200).json().toString())
                .as("another merchant's")
                .isEqualTo("{\"manual_capture\":false}");
        merchant.api().put(PATH, "{}").is(200);
        assertThat(life()).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void badOnesChangeNothing() {
        assertThat(
                        merchant.api()
                                .put(
                                        PATH,
                                        "{\"manual_capture\": 1, \"session_ttl_seconds\": 86401}")
                                .is(400)
                                .faults())
                .containsExactly("manual_capture", "session_ttl_seconds");
        merchant.api().put(PATH, "{\"session_ttl_seconds\": 0}").is(400);
        merchant.api().put(PATH, "{\"session_ttl_seconds\": 86400}").is(200);
        assertThat(life()).isEqualTo(Duration.ofDays(1));
    }
}

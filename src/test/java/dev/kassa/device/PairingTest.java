package dev.kassa.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.kernel.Limits;
import dev.kassa.testing.Answer;
import dev.kassa.testing.AtOnce;
import dev.kassa.testing.TestClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PairingTest {
    private final TestServer server = TestServer.shared();
    private final TestMerchant merchant = server.merchant();

    private String code() {
        return merchant.api().post("/ipp/v1/enrollments", "{}").is(201).text("enrollment_code");
    }

    @Test
    void enrollmentCarriesItsMetadataToTheDevice() {
        Answer enrollment =
                merchant.api()
                        .post(
                                "/ipp/v1/enrollments",
                                "{\"metadata\": {\"store_id\": \"123\"}, \"expires_in\": 36000}")
                        .is(201);
        assertThat(enrollment.fields())
                .containsExactlyInAnyOrder(
                        "enrollment_id", "enrollment_code", "expires_at", "status", "metadata");
        assertThat(enrollment.text("status")).isEqualTo("PENDING");
        Answer device = server.pair(enrollment.text("enrollment_code"), "HW-1").is(201);
        assertThat(device.fields())
                .containsExactlyInAnyOrder(
                        "id",
                        "hardware_id",
                        "unique_id",
                        "merchant_id",
                        "location_id",
                        "name",
                        "platform",
                        "metadata",
                        "created_at",
                        "credentials");
        assertThat(device.text("metadata", "store_id")).isEqualTo("123");
        assertThat(device.text("location_id")).isEqualTo(merchant.location().toString());
        assertThat(device.text("credentials", "issuedAt")).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "'{}', short",
        "'{\"ttl\": \"TWO_HOURS\"}', short",
        "'{\"ttl\": \"TWENTY_FOUR_HOURS\"}', uuid",
        "'{\"ttl\": \"SEVENTY_TWO_HOURS\", \"expires_in\": 1000}', uuid",
        "'{\"expires_in\": 7200000}', short",
        "'{\"expires_in\": 7200001}', uuid",
        "'{\"expires_in\": 259200000}', uuid"
    })
    void codesAreTypedOrCopiedByTheirLife(String body, String form) {
        String code =
                merchant.api().post("/ipp/v1/enrollments", body).is(201).text("enrollment_code");
        assertThat(code).matches(form.equals("short") ? "[A-HJ-NP-TW-Z2-9]{8}" : "[0-9a-f-]{36}");
    }

    @ParameterizedTest
    @CsvSource({
        "'{\"expires_in\": 259200001}', expires_in",
        "'{\"expires_in\": 0}', expires_in",
        "'{\"ttl\": \"two_hours\"}', ttl",
        "'{\"location_id\": \"\"}', location_id",
        "'{\"metadata\": {\"a\": true}}', metadata.a",
        "'{\"metadata\": []}', metadata"
    })
    void badEnrollments(String body, String path) {
        assertThat(merchant.api().post("/ipp/v1/enrollments", body).is(400).faults())
                .containsExactly(path);
    }

    @Test
    void aLongCodeMayBeTypedInUpperCaseToo() {
        String code =
                merchant.api()
                        .post("/ipp/v1/enrollments", "{\"ttl\": \"FORTY_EIGHT_HOURS\"}")
                        .is(201)
                        .text("enrollment_code");
        server.pair(code.toUpperCase(Locale.ROOT), "HW-LONG").is(201);
    }

    @Test
    void aCodePairsOnceHoweverItIsTyped() {
        String code = code();
        server.pair(" " + code.toLowerCase(Locale.ROOT) + " ", "HW-2").is(201);
        server.pair(code, "HW-2").is(404);
        server.pair("ABCDEFGH", "HW-2").is(404);
    }

    /** How people and keyboards write what they read off a screen; none of it counts as a guess. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "%1$s-%2$s",
                "%1$s %2$s",
                "%1$s\u00a0%2$s",
                "\u00a0%1$s\u202f%2$s\u200b",
                "\u201c%1$s%2$s\u201d",
                "%1$s\u2013%2$s.",
                "%1$s\u00ad%2$s",
                "%3$s-%4$s",
                "\ufeff%1$s_%2$s\t"
            })
    void aShortCodeIsItsLettersAndDigits(String form) {
        String code = code();
        String typed =
                form.formatted(
                        code.substring(0, 4),
                        code.substring(4),
                        code.substring(0, 4).toLowerCase(Locale.ROOT),
                        code.substring(4).toLowerCase(Locale.ROOT));
        server.pair(typed.replace("\t", "\\t"), UUID.randomUUID().toString()).is(201);
    }

    /** As a Japanese or Chinese keyboard types them. */
    @Test
    void lettersOfDoubleWidthAreLetters() {
        String wide =
                code().codePoints()
                        .map(c -> c - '!' + '\uff01')
                        .collect(
                                StringBuilder::new,
                                StringBuilder::appendCodePoint,
                                StringBuilder::append)
                        .toString();
        server.pair(wide, "HW-WIDE").is(201);
    }

    @Test
    void aLongCodeMayLoseItsHyphens() {
        String code =
                merchant.api()
                        .post("/ipp/v1/enrollments", "{\"ttl\": \"FORTY_EIGHT_HOURS\"}")
                        .is(201)
                        .text("enrollment_code");
        server.pair(code.replace("-", "").toUpperCase(Locale.ROOT), "HW-BARE").is(201);
    }

    @Test
    void guessingIsSlowedDownAndPairingIsNot() {
        try (TestServer own = TestServer.start()) {
            TestMerchant shop = own.merchant();
            Answer answer = own.pair("ABCDEFGH", "HW");
            for (int i = 1; answer.response().statusCode() == 404; i++) {
                assertThat(i).isLessThanOrEqualTo(2 * Limits.FAILED_PAIRINGS_PER_ADDRESS);
                answer = own.pair("ABCDEFGH", "HW");
            }
            answer.is(429);
            assertThat(answer.response().headers().firstValueAsLong("Retry-After").orElse(0))
                    .isBetween(1L, 60L);
            String code =
                    shop.api().post("/ipp/v1/enrollments", "{}").is(201).text("enrollment_code");
            own.pair(code, "HW").is(429);
        }
    }

    /** Whoever could not be answered has not guessed. */
    @Test
    void aTryThatNobodyCouldLookUpIsGivenBack() {
        try (TestServer own = TestServer.start()) {
            TestMerchant shop = own.merchant();
            String code =
                    shop.api().post("/ipp/v1/enrollments", "{}").is(201).text("enrollment_code");
            var nobody = new TestClient(own.url(), null);
            own.rename("enrollment", "away");
            for (int i = 0; i <= Limits.FAILED_PAIRINGS_PER_ADDRESS; i++) {
                HttpRequest.Builder pairing =
                        nobody.request("/pos/v1/devices")
                                .header("Content-Type", "application/json")
                                .POST(
                                        HttpRequest.BodyPublishers.ofString(
                                                """
                                                {"enrollment_code": "ABCDEFGH", "name": "Phone",
                                                 "hardware_id": "HW", "platform": "IOS"}
                                                """));
                assertThat(nobody.plain(pairing).statusCode()).isEqualTo(500);
            }
            own.rename("away", "enrollment");
            own.pair(code, "HW").is(201);
        }
    }

    @Test
    void ofManyPairingsAtOnceOneSucceeds() throws Exception {
        String code = code();
        List<Integer> statuses =
                AtOnce.run(12, i -> server.pair(code, "HW-RACE-" + i).response().statusCode());
        assertThat(statuses).containsOnlyOnce(201).containsOnly(201, 404);
    }

    @Test
    void pairingAgainReKeysTheDevice() {
        Answer first = server.pair(code(), "HW-3").is(201);
        TestClient old = new TestClient(server.url(), bearer(first));
        old.get("/pos/v1/sessions").is(200);
        Answer second = server.pair(code(), "HW-3").is(201);
        assertThat(second.text("id")).isEqualTo(first.text("id"));
        old.get("/pos/v1/sessions").is(401);
        new TestClient(server.url(), bearer(second)).get("/pos/v1/sessions").is(200);
    }

    private static String bearer(Answer registration) {
        return "Bearer " + registration.text("credentials", "bearer_token");
    }

    @Test
    void anExpiredCodeIsDead() {
        try (TestServer own = TestServer.start()) {
            String code =
                    own.merchant()
                            .api()
                            .post("/ipp/v1/enrollments", "{}")
                            .is(201)
                            .text("enrollment_code");
            own.clock.advance(Duration.ofHours(2));
            own.pair(code, "HW").is(404);
        }
    }

    @Test
    void everyFaultOfARegistrationIsNamed() {
        Answer refused =
                new TestClient(server.url(), null)
                        .post("/pos/v1/devices", "{\"platform\": \"PHONE\", \"name\": \"\"}")
                        .is(400);
        assertThat(refused.faults())
                .containsExactlyInAnyOrder("enrollment_code", "hardware_id", "platform", "name");
    }

    @Test
    void secretsAreStoredHashed() {
        Answer device = server.pair(code(), "HW-4").is(201);
        String token = device.text("credentials", "bearer_token");
        assertThat(server.count("select count(*) from device where token_hash = ?", token))
                .isZero();
        assertThat(server.texts("select device::text from device where hardware_id = ?", "HW-4"))
                .noneMatch(row -> row.contains(token));
        assertThat(
                        server.texts(
                                "select api_key::text from api_key where merchant_id = ?",
                                merchant.id().value()))
                .noneMatch(row -> row.contains(merchant.key().key()));
    }

    @Test
    void simulatedDevice() {
        Answer device =
                merchant.api()
                        .post(
                                "/ipp/v1/dev/devices",
                                "{\"name\": \"Till\", \"metadata\": {\"a\": \"b\"}}")
                        .is(201);
        assertThat(device.text("device_id")).isEqualTo(device.text("id"));
        assertThat(device.text("metadata", "simulated")).isEqualTo("true");
        assertThat(device.text("metadata", "a")).isEqualTo("b");
        assertThat(
                        merchant.api()
                                .post(
                                        "/ipp/v1/dev/devices",
                                        "{\"name\": \"Till\", \"metadata\": {"
                                                + IntStream.range(0, Limits.METADATA_KEYS)
                                                        .mapToObj(i -> "\"k" + i + "\": \"v\"")
                                                        .collect(Collectors.joining(","))
                                                + "}}")
                                .is(400)
                                .faults())
                .containsExactly("metadata");
        assertThat(merchant.api().post("/ipp/v1/dev/devices", "{}").is(400).faults())
                .containsExactly("name");
        merchant.api()
                .post(
                        "/ipp/v1/dev/devices",
                        "{\"name\": \"Till\", \"location_id\": \"" + new UUID(1, 2) + "\"}")
                .is(404);
    }
}

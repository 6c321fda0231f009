package dev.kassa.invariants;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.testing.Answer;
import dev.kassa.testing.Contract;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import dev.kassa.testing.ValidRequests;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * One rule for each kind of value, over every field of every request of all OpenAPI files: texts,
 * amounts and times. A new field is held to them without a line here. Of bodies: {@link
 * BodyRulesTest}.
 */
class FieldRulesTest {
    private static final long AMOUNT = 200_000_000;

    /** Nothing to see, each alone: blanks, controls, fillers, marks of direction, selectors. */
    private static final List<String> INVISIBLE =
            List.of(
                    "",
                    " ",
                    "\t\n",
                    "\u00a0",
                    "\u00ad",
                    "\u034f",
                    "\u115f\u1160",
                    "\u180e",
                    "\u200b",
                    "\u200e\u202e",
                    "\u2028",
                    "\u2060",
                    "\u2800",
                    "\u3000",
                    "\u3164",
                    "\ufe0f",
                    "\ufeff",
                    "\uffa0",
                    "\u0007\u001b",
                    "\udb40\udc01 \u200d");

    /** Each has something to see, and is kept as it is. */
    private static final List<String> ODD =
            List.of(
                    "x",
                    "A\u0301\u0327",
                    "\u0645\u0631\u062d\u0628\u0627",
                    "a\u202eb",
                    "ESC \u001b[31m BEL \u0007",
                    "\ud83d\udc69\u200d\ud83d\udd2c",
                    "<b>&amp;'\"",
                    "a\r\nb",
                    "\ue000",
                    "\u0600");

    private final TestServer server = TestServer.shared();

    static Stream<Contract.Documented> operations() {
        return ValidRequests.operations().stream();
    }

    private static boolean decoration(Contract.Documented operation, Contract.Field field) {
        boolean movesMoney =
                List.of("captureOrder", "refundOrder", "updateAuthorization")
                        .contains(operation.id());
        return movesMoney && Boolean.FALSE.equals(field.money());
    }

    private static JsonNode text(String text) {
        return JsonNodeFactory.instance.stringNode(text);
    }

    private static void refused(Answer answer, String path) {
        assertThat(answer.is(400).faults()).as(answer.response().body()).containsExactly(path);
    }

    private static void granted(Answer answer) {
        assertThat(answer.response().statusCode()).as(answer.response().body()).isLessThan(300);
    }

    @Test
    void allKindsOfFieldsAreMet() {
        List<Contract.Field> fields = operations().flatMap(op -> op.fields().stream()).toList();
        assertThat(fields).filteredOn(field -> field.isText()).hasSizeGreaterThan(60);
        assertThat(fields).filteredOn(field -> field.isAmount()).hasSizeGreaterThan(12);
        assertThat(fields).filteredOn(field -> field.isTime()).hasSize(4);
        assertThat(operations()).hasSizeGreaterThan(18);
    }

    @ParameterizedTest
    @MethodSource("operations")
    void theExampleIsGranted(Contract.Documented operation) {
        granted(ValidRequests.shared().of(operation).send());
    }

    /** Texts that are read as something else than what they say: a code, a URL. */
    private static boolean anything(Contract.Field field) {
        return field.isText() && !Set.of("enrollment_code", "url").contains(field.path());
    }

    /** Of a country or a currency. */
    private static boolean isCode(Contract.Field field) {
        return field.schema().path("pattern").asString("").contains("[A-Z");
    }

    @ParameterizedTest
    @MethodSource("operations")
    void oddTextsAreKeptAndWhatCannotBeKeptIsNamed(Contract.Documented operation) {
        ValidRequests valid = ValidRequests.shared();
        for (Contract.Field field : operation.fields()) {
            if (!anything(field)) {
                continue;
            }
            boolean code = isCode(field);
            boolean decoration = decoration(operation, field);
            int most = field.schema().path("maxLength").asInt(0);
            for (String odd : ODD) {
                if (code || odd.length() > most) {
                    continue;
                }
                granted(valid.of(operation).with(field.path(), text(odd)).send());
            }
            List<JsonNode> bad =
                    Stream.of("\"a\\u0000b\"", "\"\\ud800\"", "true", "1.5", "[]", "{}")
                            .map(ValidRequests::json)
                            .toList();
            for (JsonNode value : bad) {
                Answer answer = valid.of(operation).with(field.path(), value).send();
                if (decoration) {
                    granted(answer);
                } else {
                    refused(answer, field.path());
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("operations")
    void aWholeNumberWhereATextIsDocumentedIsItsText(Contract.Documented operation) {
        ValidRequests valid = ValidRequests.shared();
        for (Contract.Field field : operation.fields()) {
            if (anything(field) && !isCode(field)) {
                granted(valid.of(operation).with(field.path(), ValidRequests.json("1001")).send());
            }
        }
    }

    @Test
    void theTextOfANumberIsItsDigits() {
        TestMerchant merchant = server.merchant();
        String cart =
                TestMerchant.cart(merchant.device().id())
                        .replace("\"REF-67890\"", "1001")
                        .replace("\"SKU-001\"", "7310865004703");
        Answer made = merchant.api().sloppy("POST", "/ipp/v1/sessions", cart).is(200);
        assertThat(made.text("merchant_reference2")).isEqualTo("1001");
        assertThat(made.json().path("order_items").get(0).path("reference").asString())
                .isEqualTo("7310865004703");
    }

    /** A least length of one says that it must not be blank. */
    @ParameterizedTest
    @MethodSource("operations")
    void notBlankMeansSomethingToSee(Contract.Documented operation) {
        ValidRequests valid = ValidRequests.shared();
        for (Contract.Field field : operation.fields()) {
            if (field.isText() && field.schema().path("minLength").asInt(0) > 0) {
                for (String invisible : INVISIBLE) {
                    Answer answer = valid.of(operation).with(field.path(), text(invisible)).send();
                    refused(answer, field.path());
                    assertThat(answer.fault(field.path())).contains("must not be blank");
                }
            }
        }
    }

    /** In characters, not in bytes or halves of them. */
    @ParameterizedTest
    @MethodSource("operations")
    void textsMeetTheirDocumentedLength(Contract.Documented operation) {
        ValidRequests valid = ValidRequests.shared();
        for (Contract.Field field : operation.fields()) {
            // Of URLs: DestinationUrlTest.
            if (!field.isText() || field.path().equals("url")) {
                continue;
            }
            int most = field.schema().path("maxLength").asInt(0);
            if (isCode(field)) {
                refused(
                        valid.of(operation).with(field.path(), text("Sweden")).send(),
                        field.path());
                continue;
            }
            assertThat(most).as("%s of %s has a length", field.path(), operation).isPositive();
            // With four bytes a character a push token would be larger than a body may be.
            String full = (field.path().equals("push_token") ? "t" : "\ud83d\ude00").repeat(most);
            Answer over = valid.of(operation).with(field.path(), text(full + "x")).send();
            if (decoration(operation, field)) {
                granted(over);
            } else {
                refused(over, field.path());
            }
            Answer at = valid.of(operation).with(field.path(), text(full)).send();
            assertThat(at.response().statusCode())
                    .as(at.response().body())
                    .isIn(200, 201, 204, 404);
        }
    }

    @ParameterizedTest
    @MethodSource("operations")
    void everyAmountHasTheSameBound(Contract.Documented operation) {
        ValidRequests valid = ValidRequests.shared();
        for (Contract.Field field : operation.fields()) {
            if (!field.isAmount()) {
                continue;
            }
            assertThat(field.schema().path("maximum").asLong()).as(field.path()).isEqualTo(AMOUNT);
            long least = field.schema().path("minimum").asLong();
            assertThat(least).as(field.path()).isIn(-AMOUNT, 0L, 1L);
            for (String bad :
                    List.of(
                            Long.toString(AMOUNT + 1),
                            Long.toString(least - 1),
                            "9223372036854775807",
                            "-9223372036854775808",
                            "9223372036854775808",
                            "1e400",
                            "1.5",
                            "0.1e-5",
                            "1e2147483647",
                            "1e-2147483647",
                            "\"1\"",
                            "true",
                            "[]")) {
                Answer answer =
                        valid.of(operation).with(field.path(), ValidRequests.json(bad)).send();
                if (decoration(operation, field)) {
                    granted(answer);
                } else {
                    refused(answer, field.path());
                }
            }
            for (String good :
                    List.of(AMOUNT + "", AMOUNT + ".00", "2e8", least + "", least + ".0")) {
                JsonNode value = ValidRequests.json(good);
                Answer answer = valid.of(operation).with(field.path(), value).send();
                assertThat(answer.fault(field.path()))
                        .as("%s = %s", field.path(), good)
                        .doesNotContain("must be between")
                        .doesNotContain("whole number");
            }
        }
    }

    private static final List<String> TIMES =
            List.of(
                    "2024-01-15T10:30:00Z",
                    "2024-01-15t10:30:00z",
                    "2024-01-15T10:30Z",
                    "2024-01-15T10:30+01:00",
                    "2024-01-15T10:30:00+0100",
                    "2024-01-15T10:30:00-00:00",
                    "2024-01-15T10:30:00.1Z",
                    "2024-01-15T10:30:00.1234567890Z",
                    "2024-01-15T10:30:00+18:00",
                    "2024-01-15T10:30:00-18:00",
                    "+2024-01-15T10:30:00+01:00",
                    "2024-01-15T10:30:00+01:00[Europe/Stockholm]",
                    "2024-01-15 10:30:00.123456+00:00",
                    "2024-01-15 10:30:00+01",
                    "2024-01-15 10:30:00 +0100",
                    "2016-12-31T23:59:60Z",
                    "2017-01-01T00:59:60.5+01:00",
                    "0001-01-01T00:00:00Z",
                    "2024-02-29T23:59:59Z");

    private static final List<String> NO_TIMES =
            List.of(
                    "",
                    "2024-01-15",
                    "2024-01-15T10:30:00",
                    "2024-01-15T10Z",
                    "20240115T103000Z",
                    "2024-1-15T10:30:00Z",
                    "2024-01-15T10:30:00.Z",
                    "2024-01-15T10:30:00,5Z",
                    "2024-01-15T24:00:00Z",
                    "2024-01-15T10:60:00Z",
                    "2024-01-15T10:30:60Z",
                    "2024-01-15T23:59:60Z",
                    "2024-01-15T10:30:61Z",
                    "2023-02-29T10:30:00Z",
                    "2024-13-01T10:30:00Z",
                    "2024-01-15T10:30:00+18:01",
                    "2024-01-15T10:30:00+01:60",
                    "2024-01-15T10:30:00 Z",
                    "0000-12-31T23:59:59Z",
                    "0001-01-01T00:00:00+00:01",
                    "9999-12-31T23:59:59-00:01",
                    "9999-12-31T23:59:60Z",
                    "12024-01-15T10:30:00Z",
                    "-2024-01-15T10:30:00Z",
                    "\u0662\u0660\u0662\u0664-01-15T10:30:00Z",
                    "2024-01-15T10:30:00Z\n",
                    "1705314600");

    @ParameterizedTest
    @MethodSource("operations")
    void timesAreReadAlikeEverywhere(Contract.Documented operation) {
        ValidRequests valid = ValidRequests.shared();
        for (Contract.Field field : operation.fields()) {
            if (!field.isTime()) {
                continue;
            }
            for (String time : TIMES) {
                Answer answer = valid.of(operation).with(field.path(), text(time)).send();
                assertThat(answer.fault(field.path()))
                        .as("%s = %s", field.path(), time)
                        .doesNotContain("date and time")
                        .doesNotContain("date-time");
            }
            for (String time : NO_TIMES) {
                refused(valid.of(operation).with(field.path(), text(time)).send(), field.path());
            }
            refused(
                    valid.of(operation).with(field.path(), ValidRequests.json("5")).send(),
                    field.path());
        }
    }

    /** A field that money does not depend on never stops money; one that it does is strict. */
    @ParameterizedTest
    @MethodSource("operations")
    void onlyWhatMoneyDependsOnStopsMoney(Contract.Documented operation) {
        if (!operation.path().startsWith("/ordermanagement/")) {
            return;
        }
        List<String> odd = new ArrayList<>(List.of("null", "true", "false", "-1", "0", "0.5"));
        odd.addAll(List.of("1e400", "99999999999999999999", "\"\"", "\"x\"", "\"\\u0000\""));
        odd.addAll(List.of("\"\\ud800\"", "[]", "{}", "[1]", "[null]", "[[]]", "{\"x\": 1}"));
        odd.add("\"" + "x".repeat(2000) + "\"");
        odd.add("[" + "{},".repeat(1200) + "{}]");
        ValidRequests valid = ValidRequests.shared();
        boolean counts = List.of("captureOrder", "refundOrder").contains(operation.id());
        long before = counts ? valid.moved(operation) : 0;
        int sent = 0;
        for (Contract.Field field : operation.fields()) {
            assertThat(field.money())
                    .as("%s of %s says whether money depends on it", field.path(), operation)
                    .isNotNull();
            if (!decoration(operation, field)) {
                continue;
            }
            for (String value : odd) {
                granted(valid.of(operation).with(field.path(), ValidRequests.json(value)).send());
                sent++;
            }
        }
        if (counts) {
            assertThat(valid.moved(operation)).isEqualTo(before + sent);
        }
    }
}

package dev.kassa.invariants;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.http.Json;
import dev.kassa.testing.Answer;
import dev.kassa.testing.Await;
import dev.kassa.testing.Contract;
import dev.kassa.testing.RawClient;
import dev.kassa.testing.TestClient;
import dev.kassa.testing.TestServer;
import dev.kassa.testing.ValidRequests;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.HttpOutputMessage;
import org.springframework.http.MediaType;
import org.springframework.http.converter.AbstractHttpMessageConverter;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.converter.HttpMessageNotWritableException;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;

/**
 * Said means done (I14): for every operation that changes something, whatever goes wrong with the
 * writing of its answer, no client is told of an error by whom it was done, and what is refused was
 * not done.
 */
class CommittedAnswerTest {
    /** JSON is UTF-8 and has no versions here; what a client adds is disregarded. */
    private static final List<String> ACCEPTED =
            List.of(
                    "application/json;charset=utf-16",
                    "application/json;charset=iso-8859-1",
                    "application/json; charset=windows-1252",
                    "application/json;charset=nonsense",
                    "application/json; version=2",
                    "application/json;q=0.1, text/html",
                    "text/html, application/xhtml+xml, */*;q=0.8",
                    "*/*");

    private static final List<String> REFUSED =
            List.of("text/html", "application/xml;q=0.9", "x", "application/json;q=x", "/", ",;,");

    private static final List<String> TABLES =
            List.of(
                    "session",
                    "attempt",
                    "orders",
                    "order_movement",
                    "refund",
                    "event",
                    "delivery",
                    "destination",
                    "device",
                    "enrollment",
                    "merchant",
                    "simulator_payment",
                    "simulator_fault");

    private static TestServer server;
    private static ValidRequests valid;
    private static ValidRequests alive;
    private final Unwritable unwritable = new Unwritable();

    static List<Contract.Documented> operations() {
        return ValidRequests.changing();
    }

    @BeforeAll
    static void start() {
        server = TestServer.start().withoutLoops();
        valid = ValidRequests.on(server);
        alive = ValidRequests.on(TestServer.shared());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @AfterEach
    void writeAgain() {
        var _ = converters().remove(unwritable);
    }

    private static List<HttpMessageConverter<?>> converters() {
        return server.server.part(RequestMappingHandlerAdapter.class).getMessageConverters();
    }

    /** All that merchants have. */
    private List<String> state() {
        return TABLES.stream()
                .map(table ->
                        server.jdbc
                                .sql(
                                        "select md5(string_agg(t::text, ',' order by t::text)) from "
                                                + table
                                                + " t")
                                .query((row, number) -> table + " " + row.getString(1))
                                .single())
                .toList();
    }

    @Test
    void allOperationsThatChangeSomethingAreMet() {
        assertThat(operations()).hasSizeGreaterThan(38);
    }

    @ParameterizedTest
    @MethodSource("operations")
    void aMediaTypeIsRefusedBeforeAnythingIsDone(Contract.Documented operation) {
        for (String accept : REFUSED) {
            ValidRequests.Ready ready = valid.of(operation);
            List<String> before = state();
            Answer answer = ready.client().send(ready.request().header("Accept", accept));
            if (answer.response().statusCode() >= 400) {
                var _ = answer.is(406);
                assertThat(state()).as(accept).isEqualTo(before);
            } else {
                // It has no body, so whatever is accepted is met.
                assertThat(answer.response().body()).as(accept).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("operations")
    void parametersOfAMediaTypeAreDisregarded(Contract.Documented operation) {
        for (String accept : ACCEPTED) {
            ValidRequests.Ready ready = valid.of(operation);
            HttpResponse<String> response =
                    ready.client().send(ready.request().header("Accept", accept)).response();
            assertThat(response.statusCode()).as(accept + response.body()).isLessThan(300);
            if (!response.body().isEmpty()) {
                assertThat(response.headers().firstValue("Content-Type"))
                        .contains("application/json");
                assertThat(Json.MAPPER.readTree(response.body()).isObject()).isTrue();
            }
        }
    }

    /** Of an operation that reads no body, or that was refused before it was read. */
    @ParameterizedTest
    @MethodSource("operations")
    void aLargeBodyThatNobodyReadsChangesNoAnswer(Contract.Documented operation) {
        if (!operation.fields().isEmpty()) {
            return;
        }
        ValidRequests.Ready ready = valid.of(operation);
        Answer answer =
                ready.client()
                        .send(
                                ready.request()
                                        .method(
                                                ready.method(),
                                                HttpRequest.BodyPublishers.ofString(
                                                        "x".repeat(300_000))));
        assertThat(answer.response().statusCode()).as(answer.response().body()).isLessThan(300);
    }

    /** A defect of ours: the answer of what was done cannot be written. */
    @ParameterizedTest
    @MethodSource("operations")
    void whatWasDoneIsSaidThoughItsAnswerCannotBeWritten(Contract.Documented operation) {
        ValidRequests.Ready ready = valid.of(operation);
        converters().addFirst(unwritable);
        HttpResponse<String> response = ready.client().plain(ready.request());
        assertThat(response.statusCode()).as(response.body()).isLessThan(300);
        assertThat(response.body()).isEmpty();
    }

    /** Under a key all is undone, so that the key brings about what it was sent for. */
    @ParameterizedTest
    @MethodSource("operations")
    void underAKeyAnAnswerThatCannotBeWrittenIsNeverAnErrorOfWhatWasDone(
            Contract.Documented operation) {
        ValidRequests.Ready ready = valid.of(operation);
        String key = UUID.randomUUID().toString();
        HttpRequest request = ready.request().header("Idempotency-Key", key).build();
        List<String> before = state();
        converters().addFirst(unwritable);
        HttpResponse<String> response = send(request);
        if (response.statusCode() >= 400) {
            assertThat(response.statusCode()).isEqualTo(500);
            assertThat(state()).isEqualTo(before);
        }
        writeAgain();
        if (response.statusCode() < 300 && !hasKeys(operation)) {
            return;
        }
        HttpResponse<String> again = send(request);
        assertThat(again.statusCode()).as(again.body()).isLessThan(300);
    }

    /** A deletion needs none, and who pairs a phone is not known yet. */
    private static boolean hasKeys(Contract.Documented operation) {
        return !operation.method().equals("DELETE") && !operation.id().equals("registerDevice");
    }

    private static HttpResponse<String> send(HttpRequest request) {
        return new TestClient(request.uri(), null)
                .plain(HttpRequest.newBuilder(request, (name, value) -> true));
    }

    /** The client is gone before its answer: under its key it gets the answer later. */
    @ParameterizedTest
    @MethodSource("operations")
    void aClientThatWentAwayIsAnsweredUnderItsKey(Contract.Documented operation) {
        if (!hasKeys(operation)) {
            return;
        }
        // On a server that shows signs of life: the keys of a dead one are free.
        ValidRequests.Ready ready = alive.of(operation);
        HttpRequest request =
                ready.request().header("Idempotency-Key", UUID.randomUUID().toString()).build();
        try (RawClient client = new RawClient(TestServer.shared().url())) {
            var _ = client.send(text(request, ready));
            client.reset();
        }
        List<Integer> statuses = new ArrayList<>();
        Await.until(
                Duration.ofSeconds(20),
                () -> {
                    HttpResponse<String> response = send(request);
                    statuses.add(response.statusCode());
                    assertThat(statuses)
                            .as(response.body())
                            .allMatch(status -> status < 300 || status == 409);
                    return response.statusCode() < 300;
                });
    }

    private static String text(HttpRequest request, ValidRequests.Ready ready) {
        StringBuilder text = new StringBuilder(request.method() + " " + request.uri().getRawPath());
        if (request.uri().getRawQuery() != null) {
            text.append('?').append(request.uri().getRawQuery());
        }
        text.append(" HTTP/1.1\r\nHost: localhost\r\n");
        request.headers()
                .map()
                .forEach((name, values) ->
                        values.forEach(value ->
                                text.append(name).append(": ").append(value).append("\r\n")));
        String body = ready.ascii();
        return text + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }

    /** Takes everything, and can write nothing. */
    private static final class Unwritable extends AbstractHttpMessageConverter<Object> {
        Unwritable() {
            super(MediaType.APPLICATION_JSON);
        }

        @Override
        protected boolean supports(Class<?> type) {
            return true;
        }

        @Override
        protected Object readInternal(Class<?> type, HttpInputMessage message) {
            throw new UnsupportedOperationException();
        }

        @Override
        protected void writeInternal(Object value, HttpOutputMessage message) {
            throw new HttpMessageNotWritableException("as a defect would");
        }
    }
}

package dev.kassa.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.testing.Answer;
import dev.kassa.testing.AtOnce;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A request under a key whose connection breaks is run once more. Whatever that run answers is what
 * the database holds: an answer that tells of something undone would be a payment lost.
 */
class TransactionRetryTest {
    private static final TestServer SERVER = TestServer.start();

    private final TestMerchant merchant = SERVER.merchant();
    private final TestMerchant.TestDevice device = merchant.device();
    private final String key = UUID.randomUUID().toString();

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    /** A sequence counts on when a transaction is undone. */
    @BeforeEach
    void nothingBreaks() {
        SERVER.jdbc
                .sql(
                        """
                        drop table if exists break;
                        create table break (of_table text, of_insert bigint);
                        drop sequence if exists insert_of_session;
                        create sequence insert_of_session;
                        drop sequence if exists insert_of_idempotency;
                        create sequence insert_of_idempotency;
                        create or replace function break() returns trigger language plpgsql as $$
                        begin
                            if nextval('insert_of_' || tg_table_name) in
                                (select of_insert from break where of_table = tg_table_name)
                            then
                                perform pg_terminate_backend(pg_backend_pid());
                            end if;
                            return null;
                        end $$;
                        create or replace trigger break after insert on session
                            for each statement execute function break();
                        create or replace trigger break after insert on idempotency
                            for each statement execute function break();
                        """)
                .update();
    }

    /** The connection ends at the {@code n}th statement that inserts there, before its commit. */
    private static void breaks(String table, int n) {
        assertThat(
                        SERVER.jdbc
                                .sql("insert into break values (?, ?)")
                                .param(table)
                                .param(n)
                                .update())
                .isOne();
    }

    private HttpResponse<String> create() {
        return create(key);
    }

    private HttpResponse<String> create(String key) {
        return merchant.api()
                .plain(
                        merchant.api()
                                .request("/ipp/v1/sessions")
                                .header("Content-Type", "application/json")
                                .header("Idempotency-Key", key)
                                .POST(
                                        HttpRequest.BodyPublishers.ofString(
                                                TestMerchant.cart(device.id()))));
    }

    private void isStored(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        String session = Answer.of(answer).text("session_id");
        assertThat(merchant.status(session)).isEqualTo("CREATED");
        assertThat(Answer.of(create()).text("session_id")).isEqualTo(session);
    }

    @Test
    void whatTheSecondRunAnswersIsStored() {
        breaks("session", 1);
        isStored(create());
    }

    @Test
    void aRequestWhoseKeyCouldNotBeTakenIsRunAgain() {
        breaks("idempotency", 1);
        isStored(create());
    }

    @Test
    void aSecondRunThatBreaksTooIsSaidToBeUnknown() {
        breaks("session", 1);
        breaks("session", 2);
        HttpResponse<String> answer = create();
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        assertThat(answer.body()).contains("not known whether this was done");
        isStored(create());
    }

    @Test
    void aSecondRunThatBreaksLaterThanTheFirstIsSaidToBeUnknown() {
        breaks("idempotency", 1);
        breaks("session", 1);
        HttpResponse<String> answer = create();
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("not known whether this was done");
        isStored(create());
    }

    /** Of many at once for one device most meet the others in their first run. */
    @Test
    void whatABurstForOneDeviceIsAnsweredIsStored() throws Exception {
        List<String> sessions =
                AtOnce.run(
                        24,
                        n -> {
                            HttpResponse<String> answer = create(key + n);
                            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
                            return Answer.of(answer).text("session_id");
                        });
        for (String session : sessions) {
            assertThat(merchant.status(session)).isEqualTo("CREATED");
        }
    }
}

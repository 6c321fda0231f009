package dev.kassa.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.testing.Answer;
import dev.kassa.testing.TestClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.net.http.HttpRequest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A path that nothing is at is 404, whatever the request says of itself. */
class UnknownPathTest {
    private final TestServer server = TestServer.shared();
    private final TestMerchant merchant = server.merchant();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "*/*",
                "application/*",
                "application/*; x=y",
                "application/*+json",
                "x",
                "application/json; charset=x-none",
                "text/plain; charset=utf-16"
            })
    void whateverTheContentType(String contentType) {
        for (String path : new String[] {"/nothing", "/ipp/v1/nothing", "/ordermanagement/x"}) {
            TestClient api = merchant.api();
            Answer answer =
                    api.send(
                            api.request(path)
                                    .header("Content-Type", contentType)
                                    .header("Idempotency-Key", "k")
                                    .POST(HttpRequest.BodyPublishers.ofString("{}")));
            assertThat(answer.response().statusCode()).as(path).isEqualTo(404);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"*/*", "x", "a/b,", ";q=1,"})
    void whateverItAccepts(String type) {
        TestClient api = merchant.api();
        String many =
                type.repeat(type.endsWith(",") ? 300 : 1)
                        + "*/*".repeat(type.endsWith(",") ? 1 : 0);
        for (String path : new String[] {"/nothing", "/ipp/v1/nothing", "/ipp/v1/devices"}) {
            Answer answer = api.send(api.request(path).header("Accept", many).GET());
            assertThat(answer.response().statusCode())
                    .as(path)
                    .isEqualTo(!path.endsWith("devices") ? 404 : type.equals("*/*") ? 200 : 406);
        }
    }
}

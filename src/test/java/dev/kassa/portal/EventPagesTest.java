package dev.kassa.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.access.Role;
import dev.kassa.testing.Endpoint;
import dev.kassa.testing.PortalClient;
import dev.kassa.testing.TestDestination;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestOrder;
import dev.kassa.testing.TestServer;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The event log in the portal. */
class EventPagesTest {
    private static final String PATH = "/portal/events";
    private static final Pattern LINK = Pattern.compile("href=\"/portal/events/(kevt_\\w+)\"");

    private final TestServer server = TestServer.shared();
    private final TestMerchant merchant = server.merchant();
    private final PortalClient owner = PortalClient.signedIn(merchant, Role.OWNER);

    private List<String> found(String query) {
        HttpResponse<String> page = owner.get(PATH + query);
        assertThat(page.statusCode()).isEqualTo(200);
        return LINK.matcher(page.body()).results().map(found -> found.group(1)).toList();
    }

    private String event(String type) {
        return server.jdbc
                .sql("select event_id from event where merchant_id = ? and type = ? order by seq")
                .params(merchant.id().value(), type)
                .query(String.class)
                .list()
                .getFirst();
    }

    @Test
    void eventsAreFoundByTypeAndByWhatTheyAreOf() {
        assertThat(owner.get(PATH).body()).contains("No event yet.");
        TestMerchant.TestDevice till = merchant.device();
        TestOrder order = TestOrder.paid(merchant, till);
        String refund =
                order.refund(1000)
                        .is(201)
                        .response()
                        .headers()
                        .firstValue("refund-id")
                        .orElseThrow();
        merchant.session(merchant.device());
        List<String> all = found("");
        List<String> ofOrder = found("?object=" + order.id());
        assertThat(ofOrder).hasSize(all.size() - 1).contains(event("refund.created"));
        assertThat(ofOrder.getLast())
                .as("the newest first")
                .isEqualTo(event("ipp.session.created"));
        for (String id : List.of(order.session(), refund, till.id())) {
            assertThat(found("?object=" + id)).as(id).isEqualTo(ofOrder);
        }
        assertThat(found("?type=order.created")).containsExactly(event("order.created"));
        assertThat(found("?type=order.created&object=" + till.id()))
                .containsExactly(event("order.created"));
        assertThat(found("?object=" + event("order.created")))
                .containsExactly(event("order.created"));
        for (String none : List.of(UUID.randomUUID().toString(), "nonsense", "kevt_0", "%00")) {
            assertThat(found("?object=" + none)).as(none).isEmpty();
        }
        assertThat(found("?type=nonsense&before=x")).isEqualTo(all);
        assertThat(owner.get(PATH + "?type=capture.failed").body()).contains("No event matches.");
    }

    @ParameterizedTest
    @EnumSource(Filter.class)
    void everyEventIsOnOnePageAlone(Filter filter) {
        TestMerchant.TestDevice till = merchant.device();
        for (int i = 0; i < 55; i++) {
            merchant.cancel(merchant.session(till)).is(200);
        }
        String query =
                switch (filter) {
                    case NONE -> "?";
                    case TYPE -> "?type=ipp.session.created";
                    case DEVICE -> "?object=" + till.id();
                };
        List<String> read = new ArrayList<>();
        String page = query;
        while (!page.isEmpty()) {
            HttpResponse<String> answer = owner.get(PATH + page);
            assertThat(answer.statusCode()).isEqualTo(200);
            LINK.matcher(answer.body()).results().map(found -> found.group(1)).forEach(read::add);
            page =
                    Pattern.compile("[?&;]before=([\\d-]+)")
                            .matcher(answer.body())
                            .results()
                            .map((MatchResult next) -> query + "&before=" + next.group(1))
                            .findFirst()
                            .orElse("");
        }
        assertThat(read)
                .isEqualTo(
                        server.texts(
                                "select event_id from event where merchant_id = ?"
                                        + (filter == Filter.TYPE
                                                ? " and type = 'ipp.session.created'"
                                                : "")
                                        + " order by seq desc",
                                merchant.id().value()));
    }

    enum Filter {
        NONE,
        TYPE,
        DEVICE
    }

    /** Also to one that was not there when it happened. */
    @Test
    void thisVeryEventIsSentToADestination() {
        merchant.session(merchant.device());
        String event = event("ipp.session.created");
        try (Endpoint endpoint = Endpoint.open(Endpoint.status(200))) {
            TestDestination shop = TestDestination.create(merchant, "shop", endpoint.url());
            assertThat(owner.get(PATH + "/" + event).body())
                    .contains("&quot;type&quot; : &quot;ipp.session.created&quot;")
                    .contains("not sent there", "Send this event to shop");
            HttpResponse<String> sent =
                    owner.post(PATH + "/" + event + "/send", Map.of("destination", shop.id()));
            assertThat(sent.headers().firstValue("Location").orElse(""))
                    .endsWith("/portal/webhooks/" + shop.id() + "/deliveries/" + event);
            endpoint.receives(1);
            shop.tried(1);
            assertThat(endpoint.received.getFirst().id()).isEqualTo(event);
            assertThat(owner.get(PATH + "/" + event).body())
                    .contains("Delivered")
                    .doesNotContain("not sent there");
        }
    }

    @Test
    void anothersIsNotThere() {
        merchant.session(merchant.device());
        String event = event("ipp.session.created");
        TestMerchant other = server.merchant();
        PortalClient stranger = PortalClient.signedIn(other, Role.OWNER);
        try (Endpoint endpoint = Endpoint.open(Endpoint.status(200))) {
            TestDestination theirs = TestDestination.create(other, "theirs", endpoint.url());
            assertThat(stranger.get(PATH + "/" + event).statusCode()).isEqualTo(404);
            assertThat(stranger.get(PATH + "?object=" + event).body()).doesNotContain("<tbody>");
            assertThat(
                            stranger.post(
                                            PATH + "/" + event + "/send",
                                            Map.of("destination", theirs.id()))
                                    .statusCode())
                    .isEqualTo(404);
            for (String destination : List.of(theirs.id(), "", "nonsense")) {
                assertThat(
                                owner.post(
                                                PATH + "/" + event + "/send",
                                                Map.of("destination", destination))
                                        .statusCode())
                        .as(destination)
                        .isEqualTo(404);
            }
            assertThat(endpoint.received).isEmpty();
        }
        assertThat(owner.get(PATH + "/kevt_%27").statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void eachRoleSeesWhatItMayDo(Role role) {
        merchant.session(merchant.device());
        String event = event("ipp.session.created");
        try (Endpoint endpoint = Endpoint.open(Endpoint.status(200))) {
            var _ = TestDestination.create(merchant, "shop", endpoint.url());
            PortalClient user = PortalClient.signedIn(merchant, role);
            HttpResponse<String> page = user.get(PATH + "/" + event);
            switch (role) {
                case OWNER, DEVELOPER -> assertThat(page.body()).contains("Send this event");
                case SUPPORT ->
                        assertThat(page.body())
                                .contains("Sent to", "shop")
                                .doesNotContain("Send this event");
                case MANAGER, ACCOUNTANT, CLERK -> {
                    assertThat(page.statusCode()).isEqualTo(403);
                    assertThat(user.get("/portal").body()).doesNotContain(PATH);
                }
            }
        }
    }
}

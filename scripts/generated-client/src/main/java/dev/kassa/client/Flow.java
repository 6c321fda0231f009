package dev.kassa.client;

import dev.kassa.client.api.DevicesApi;
import dev.kassa.client.api.EnrollmentsApi;
import dev.kassa.client.api.LocationsApi;
import dev.kassa.client.api.SessionsApi;
import dev.kassa.client.api.TestingApi;
import dev.kassa.client.invoker.ApiClient;
import dev.kassa.client.invoker.ApiException;
import dev.kassa.client.model.DeviceUpdate;
import dev.kassa.client.model.NewEnrollment;
import dev.kassa.client.model.NewLineItem;
import dev.kassa.client.model.NewSession;
import dev.kassa.client.model.NewSimulatedDevice;
import dev.kassa.client.model.Session;
import dev.kassa.client.model.SessionStatus;
import dev.kassa.client.model.TapOutcome;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.List;
import java.util.UUID;

/** Pairs a device, pays a session and cancels another through nothing but the generated client. */
public final class Flow {
    public static void main(String[] args) throws ApiException {
        ApiClient client = new ApiClient();
        client.updateBaseUri(System.getenv("KASSA_URL"));
        String login = System.getenv("KASSA_API_USERNAME") + ":" + System.getenv("KASSA_API_KEY");
        String basic =
                Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8));
        client.setRequestInterceptor(r -> r.header("Authorization", "Basic " + basic));

        var location = new LocationsApi(client).listLocations(0, 100, null).getContent().get(0);
        var enrollments = new EnrollmentsApi(client);
        var enrollment =
                enrollments.createEnrollment(
                        new NewEnrollment().locationId(location.getId()), null, null, null);
        enrollments.deleteEnrollments(enrollment.getEnrollmentId(), null);

        var testing = new TestingApi(client);
        UUID device =
                testing.createSimulatedDevice(
                                new NewSimulatedDevice().name("Generated"), null, null, null)
                        .getDeviceId();
        var devices = new DevicesApi(client);
        var renamed =
                devices.updateDevice(
                        device,
                        new DeviceUpdate().name("Renamed").locationId(location.getId()),
                        null, null, null);
        check("Renamed".equals(renamed.getName()), "the device is renamed");

        var sessions = new SessionsApi(client);
        String key = UUID.randomUUID().toString();
        Session session = sessions.createSession(cart(device), null, key, null, null);
        check(session.getStatus() == SessionStatus.CREATED, "the session is CREATED");
        Session again = sessions.createSession(cart(device), null, key, null, null);
        check(again.getSessionId().equals(session.getSessionId()), "a repeat is the same session");
        Session declined =
                testing.simulateCardTap(
                        session.getSessionId(), TapOutcome.INSUFFICIENT_FUNDS, null, null, null);
        check(declined.getStatus() == SessionStatus.ACTIVE, "a decline leaves it ACTIVE");
        testing.simulateCardTap(session.getSessionId(), TapOutcome.SUCCESS, null, null, null);
        Session paid = sessions.getSession(session.getSessionId(), null);
        check(paid.getStatus() == SessionStatus.FINALIZED, "a tap makes it FINALIZED");
        check(paid.getOrderId() != null, "with an order");

        Session second = sessions.createSession(cart(device), null, null, null, null);
        Session cancelled = sessions.cancelSession(second.getSessionId(), null, null, null);
        check(cancelled.getStatus() == SessionStatus.CANCELLED, "another is CANCELLED");
        try {
            sessions.createSession(cart(device).orderAmount(1L), null, null, null, null);
            check(false, "sums that do not add up are refused");
        } catch (ApiException e) {
            check(e.getCode() == 400 && e.getResponseBody().contains("order_amount"), "sums that do not add up are refused");
        }
        devices.deregisterDevice(device, null);
        boolean gone =
                devices.listDevices(null, null, 0, 100, null).getContent().stream()
                        .noneMatch(d -> d.getId().equals(device));
        check(gone, "the device is deregistered");
        System.out.println("The generated client completed the flow.");
    }

    private static NewSession cart(UUID device) {
        return new NewSession()
                .deviceId(device)
                .orderAmount(240000L)
                .orderTaxAmount(48000)
                .purchaseCurrency("SEK")
                .purchaseStartedAt(OffsetDateTime.parse("2024-01-15T10:30:00Z"))
                .orderItems(
                        List.of(
                                line("T-Shirt", 2, 100000L, 200000L, 40000L),
                                line("Socks", 1, 40000L, 40000L, 8000L)));
    }

    private static NewLineItem line(String name, int quantity, long price, long total, long tax) {
        return new NewLineItem()
                .name(name)
                .quantity(quantity)
                .unitPrice(price)
                .totalAmount(total)
                .taxRate(2500)
                .totalTaxAmount(tax);
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new IllegalStateException("not true: " + what);
        }
        System.out.println("ok  " + what);
    }
}

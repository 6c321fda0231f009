package dev.kassa.playground;

import dev.kassa.access.NoCredential;
import dev.kassa.http.Operation;
import dev.kassa.http.Query;
import dev.kassa.http.RawBody;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Money;
import dev.kassa.kernel.Problem;
import dev.kassa.kernel.Text;
import dev.kassa.location.Locations;
import dev.kassa.payment.Attempt;
import dev.kassa.payment.simulator.ShopperPayment;
import dev.kassa.payment.simulator.Shoppers;
import dev.kassa.session.Payments;
import dev.kassa.session.Session;
import dev.kassa.session.Sessions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.HtmlUtils;

/**
 * The page that a shopper's phone opens after scanning: it stands for the app of Klarna, Swish or
 * Vipps. Its token cannot be guessed, decides once, and ends with the session. There is no cookie
 * and no script, so nothing that another site could make use of.
 */
@RestController
@NoCredential(why = "A playground has its shoppers come by a link, as to a wallet.")
@ConditionalOnProperty(name = "kassa.mode", havingValue = "PLAYGROUND")
final class ShopperPage {
    private static final String PAGE = resource("page.html");
    private static final String STYLE = resource("style.css");

    private static final String POLICY =
            "default-src 'none'; style-src 'sha256-"
                    + sha256(STYLE)
                    + "'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private final Shoppers shoppers;
    private final Sessions sessions;
    private final Payments payments;
    private final Locations locations;

    ShopperPage(Shoppers shoppers, Sessions sessions, Payments payments, Locations locations) {
        this.shoppers = shoppers;
        this.sessions = sessions;
        this.payments = payments;
        this.locations = locations;
    }

    /** What the page says, and whether it asks for a decision. */
    private enum State {
        ASKING("Approve the payment?", "This is a playground: no money moves."),
        PAID("Paid", "Thank you. You can close this page."),
        DECLINED("Payment declined", "Nothing was paid. The shop can show you a new code."),
        ENDED("This code is no longer valid", "Nothing was paid. Ask the shop for a new one.");

        private final String title;
        private final String text;

        State(String title, String text) {
            this.title = title;
            this.text = text;
        }
    }

    @GetMapping(path = "/pay/{token}", produces = MediaType.TEXT_HTML_VALUE)
    ResponseEntity<String> show(@PathVariable("token") String token) {
        Optional<ShopperPayment> payment = shoppers.find(token);
        if (payment.isEmpty()) {
            return page(HttpStatus.NOT_FOUND, State.ENDED, "");
        }
        Session session = session(payment.get());
        return page(HttpStatus.OK, state(payment.get(), session), details(payment.get(), session));
    }

    @Operation(callsProvider = true)
    @PostMapping(path = "/pay/{token}", produces = MediaType.TEXT_HTML_VALUE)
    ResponseEntity<String> decide(@PathVariable("token") String token, RawBody form)
            throws InterruptedException, IOException {
        Optional<ShopperPayment> payment = shoppers.find(token);
        if (payment.isEmpty()) {
            return page(HttpStatus.NOT_FOUND, State.ENDED, "");
        }
        Query fields = form.form();
        Boolean approves = fields.optional("decision", "approve or decline", ShopperPage::approves);
        fields.throwIfAny();
        if (approves == null) {
            throw Problem.invalid("decision", "must be approve or decline");
        }
        if (state(payment.get(), session(payment.get())) == State.ASKING) {
            shoppers.decide(payment.get(), approves);
        }
        // So that loading the page again does not send the form again.
        return ResponseEntity.status(HttpStatus.SEE_OTHER)
                .location(URI.create("/pay/" + token))
                .build();
    }

    private static boolean approves(String decision) {
        return switch (decision) {
            case "approve" -> true;
            case "decline" -> false;
            default -> throw new IllegalArgumentException("neither");
        };
    }

    private Session session(ShopperPayment payment) {
        return sessions.get(payment.merchantId(), payment.sessionId());
    }

    private static State state(ShopperPayment payment, Session session) {
        return switch (payment.status()) {
            case AWAITING_CARD ->
                    payment.attemptId().equals(session.attemptId()) ? State.ASKING : State.ENDED;
            case APPROVED -> State.PAID;
            case DECLINED, FAILED -> State.DECLINED;
            case CANCELLED -> State.ENDED;
        };
    }

    private String details(ShopperPayment payment, Session session) {
        MerchantId merchant = payment.merchantId();
        Attempt attempt = payments.attempt(session, payment.attemptId());
        String method = attempt.method().name();
        return """
        <p class="method">%s</p>
        <p class="shop" dir="auto">%s</p>
        <p class="amount">%s <span class="currency">%s</span></p>
        """
                .formatted(
                        method.charAt(0) + method.substring(1).toLowerCase(Locale.ROOT),
                        HtmlUtils.htmlEscape(
                                Text.printable(
                                        locations.get(merchant, session.locationId()).name())),
                        amount(payment.amount()),
                        payment.amount().currency().getCurrencyCode());
    }

    /** With a thin space between thousands, which is read alike in every language. */
    private static String amount(Money amount) {
        int digits = Math.max(0, amount.currency().getDefaultFractionDigits());
        return String.format(
                        Locale.ENGLISH,
                        "%,." + digits + "f",
                        BigDecimal.valueOf(amount.minor(), digits))
                .replace(",", "\u202f");
    }

    private static ResponseEntity<String> page(HttpStatus status, State state, String details) {
        String body =
                PAGE.replace("{style}", STYLE)
                        .replace("{state}", state.name().toLowerCase(Locale.ROOT))
                        .replace("{title}", state.title)
                        .replace("{text}", state.text)
                        .replace("{form}", state == State.ASKING ? FORM : "")
                        .replace("{details}", details);
        return ResponseEntity.status(status)
                .contentType(new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8))
                .cacheControl(CacheControl.noStore())
                .header("Content-Security-Policy", POLICY)
                .header("X-Robots-Tag", "noindex")
                .body(body);
    }

    private static final String FORM =
            """
            <form method="post">
            <button class="approve" name="decision" value="approve">Approve</button>
            <button class="decline" name="decision" value="decline">Decline</button>
            </form>
            """;

    private static String resource(String name) {
        try (InputStream in =
                Objects.requireNonNull(ShopperPage.class.getResourceAsStream("/pay/" + name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String sha256(String text) {
        try {
            return Base64.getEncoder()
                    .encodeToString(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}

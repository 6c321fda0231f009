package dev.kassa.playground;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kassa.kernel.Limits;
import dev.kassa.testing.Answer;
import dev.kassa.testing.Chromium;
import dev.kassa.testing.DeviceStream;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestOrder;
import dev.kassa.testing.TestServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.logging.LogType;

/** The shopper's page in a real browser of a phone's size: {@link Chromium}. */
class BrowserTest {
    /** The two matrices that a page of Chromium's begins with. */
    private static final Pattern DRAWN =
            Pattern.compile(
                    "(?<unit>[.\\d]+) 0 0 -[.\\d]+ 0 [.\\d]+ cm\\s[^m]*?"
                            + "(?<scale>[.\\d]+) 0 0 [.\\d]+ (?<left>[.\\d]+) [.\\d]+ cm");

    private static Optional<ChromeDriver> browser = Optional.empty();

    private final TestServer server = TestServer.shared();
    private final TestMerchant merchant = server.merchant();
    private final TestMerchant.TestDevice device = merchant.device();

    @BeforeAll
    static void open() {
        browser = Optional.of(Chromium.phone());
    }

    @AfterAll
    static void close() {
        browser.ifPresent(ChromeDriver::quit);
    }

    private static void picture(String name) throws IOException {
        Chromium.picture(browser.orElseThrow(), name);
    }

    @Test
    void aSwishSessionIsPaidOnTheShoppersPhone() throws IOException, InterruptedException {
        ChromeDriver phone = browser.orElseThrow();
        String session = merchant.session(device);
        Answer attached =
                device.api()
                        .post(
                                "/pos/v1/sessions/" + session + "/payments",
                                "{\"method\": \"swish\"}")
                        .is(200);
        try (DeviceStream stream = DeviceStream.open(device, null)) {
            assertThat(stream.next().status()).isEqualTo("ACTIVE");
            phone.get(attached.text("payment", "action", "qr_payload"));
            assertThat(phone.findElement(By.tagName("main")).getText())
                    .contains("My Store", "2\u202f400.00 SEK", "Swish");
            assertThat(styled(phone)).as("the policy lets the page's own style in").isTrue();
            assertThat(wide(phone)).as("nothing to scroll sideways").isFalse();
            picture("asking");
            long pressed = System.nanoTime();
            button(phone, "Approve").click();
            DeviceStream.Event paid = stream.until("APPROVED");
            assertThat(paid.status()).isEqualTo("FINALIZED");
            assertThat(Duration.ofNanos(System.nanoTime() - pressed))
                    .isLessThan(Duration.ofSeconds(5));
        }
        DeviceStream.await(() -> "Paid".equals(phone.getTitle()));
        assertThat(phone.findElements(By.tagName("button"))).isEmpty();
        picture("paid");
        phone.navigate().refresh();
        assertThat(phone.findElement(By.tagName("h1")).getText()).isEqualTo("Paid");
        assertThat(merchant.status(session)).isEqualTo("FINALIZED");
    }

    /** The reference works under its policy, which lets nothing in but our own files. */
    @Test
    void theReferenceWorksUnderItsPolicy() {
        ChromeDriver reader = browser.orElseThrow();
        // Whatever the pages before had to say.
        var _ = reader.manage().logs().get(LogType.BROWSER);
        reader.get(server.url().resolve("/docs/").toString());
        DeviceStream.await(
                () -> !reader.findElements(By.cssSelector(".opblock-summary-path")).isEmpty());
        assertThat(reader.manage().logs().get(LogType.BROWSER).getAll())
                .extracting(entry -> entry.getMessage())
                .noneMatch(message -> message.contains("Content Security Policy"));
    }

    @Test
    void aShopperCanDecline() throws IOException, InterruptedException {
        ChromeDriver phone = browser.orElseThrow();
        String session = merchant.session(device);
        Answer attached =
                device.api()
                        .post(
                                "/pos/v1/sessions/" + session + "/payments",
                                "{\"method\": \"klarna\"}")
                        .is(200);
        phone.get(attached.text("payment", "action", "qr_payload"));
        button(phone, "Decline").click();
        DeviceStream.await(() -> "Payment declined".equals(phone.getTitle()));
        picture("declined");
        device.cancel(session).is(200);
        phone.get(server.url() + "/pay/nothing");
        assertThat(phone.findElement(By.tagName("h1")).getText()).contains("no longer valid");
        picture("ended");
    }

    /** Of 58 and 80 mm, and of A4: at its own size, with a margin that leaves room for the text. */
    @ParameterizedTest
    @CsvSource({"58, 3", "80, 3", "210, 14"})
    void aReceiptIsPrintedWithoutBeingShrunk(int paperWidth, double margin) throws Exception {
        ChromeDriver phone = browser.orElseThrow();
        TestOrder order = TestOrder.ofAmount(merchant, device, Limits.AMOUNT);
        order.refund(123_456_789).is(201);
        phone.get(order.get().text("receipt_url") + "?lang=sv");
        Map<String, Object> paper = Map.of("paperWidth", paperWidth / 25.4, "paperHeight", 11.7);
        Object pdf = phone.executeCdpCommand("Page.printToPDF", paper).getOrDefault("data", "");
        List<Double> placed = placed(Base64.getDecoder().decode(pdf.toString()));
        assertThat(placed.get(0)).as("points for a pixel").isEqualTo(0.75, within(0.001));
        assertThat(placed.get(1) / 72 * 25.4)
                .as("left margin in mm")
                .isEqualTo(margin, within(0.2));
    }

    /** How large the first page draws what it shows, and how far from the left. */
    private static List<Double> placed(byte[] pdf) throws Exception {
        String text = new String(pdf, StandardCharsets.ISO_8859_1);
        for (int at = text.indexOf("stream\n"); at >= 0; at = text.indexOf("\nstream\n", at + 7)) {
            int from = text.indexOf('\n', at + 1) + 1;
            String page = inflated(pdf, from);
            Matcher matrix = DRAWN.matcher(page);
            if (matrix.find()) {
                double unit = Double.parseDouble(matrix.group("unit"));
                return List.of(
                        unit * Double.parseDouble(matrix.group("scale")),
                        unit * Double.parseDouble(matrix.group("left")));
            }
        }
        throw new AssertionError("no page in the PDF");
    }

    private static String inflated(byte[] pdf, int from) {
        Inflater inflater = new Inflater();
        byte[] page = new byte[4096];
        try {
            inflater.setInput(pdf, from, pdf.length - from);
            return new String(page, 0, inflater.inflate(page), StandardCharsets.ISO_8859_1);
        } catch (DataFormatException e) {
            return "";
        } finally {
            inflater.end();
        }
    }

    private static boolean styled(ChromeDriver phone) {
        return button(phone, "Approve").getSize().getHeight() >= 44;
    }

    private static boolean wide(ChromeDriver phone) {
        return Chromium.isWide(phone);
    }

    private static WebElement button(ChromeDriver phone, String text) {
        List<WebElement> buttons = phone.findElements(By.tagName("button"));
        return buttons.stream().filter(b -> b.getText().equals(text)).findFirst().orElseThrow();
    }
}

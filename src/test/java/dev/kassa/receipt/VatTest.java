package dev.kassa.receipt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.http.Json;
import dev.kassa.testing.Property;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestOrder;
import dev.kassa.testing.TestServer;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The taxes of generated carts, by rate: they add up to the order's own. */
class VatTest {
    private static final List<Integer> RATES = List.of(0, 600, 1200, 1400, 1500, 2500, 2550);

    private final TestServer server = TestServer.shared();

    private final TestMerchant merchant = server.merchant();

    private final TestMerchant.TestDevice device = merchant.device();

    private record Line(
            int quantity, long unitPrice, long totalDiscountAmount, int taxRate, int rounding) {
        long total() {
            return unitPrice * quantity - totalDiscountAmount;
        }

        /** The rule of contract 2.7, give or take the unit that shops round by. */
        long tax() {
            long tax = total() - total() * 10_000 / (10_000 + taxRate);
            boolean within = Math.abs(tax + rounding) <= Math.abs(total());
            boolean sameSign =
                    tax + rounding == 0 || Long.signum(tax + rounding) == Long.signum(total());
            return taxRate > 0 && within && sameSign ? tax + rounding : tax;
        }

        String json() {
            return """
            {"name": "Thing", "quantity": %d, "unit_price": %d, "total_discount_amount": %d,
             "total_amount": %d, "tax_rate": %d, "total_tax_amount": %d}
            """
                    .formatted(quantity, unitPrice, totalDiscountAmount, total(), taxRate, tax());
        }
    }

    private static List<Line> cart(SplittableRandom random) {
        return IntStream.rangeClosed(0, random.nextInt(12))
                .mapToObj(i -> {
                    int quantity = random.nextInt(1, 20);
                    long price = random.nextLong(1, 100_000);
                    boolean takesOff = i > 0 && random.nextInt(6) == 0;
                    return new Line(
                            takesOff ? 1 : quantity,
                            takesOff ? -price / 100 - 1 : price,
                            takesOff || random.nextBoolean()
                                    ? 0
                                    : random.nextLong(price * quantity),
                            RATES.get(random.nextInt(RATES.size())),
                            random.nextInt(-1, 2));
                })
                .toList();
    }

    private static String lines(List<Line> cart) {
        return "[" + String.join(",", cart.stream().map(Line::json).toList()) + "]";
    }

    private static long sum(List<Line> cart, ToLongFunction<Line> part) {
        return cart.stream().mapToLong(part).sum();
    }

    /** For carts whose order tax is that of its lines, and for carts where it is not. */
    @Test
    void taxesAddUpToTheOrdersOwn() {
        Property.forAll(
                1000,
                null,
                VatTest::cart,
                cart -> {
                    long amount = sum(cart, Line::total);
                    for (int beyond : new int[] {0, 3, -2}) {
                        long tax = sum(cart, Line::tax) + beyond;
                        List<Vat> vat = Vat.of(ReceiptLine.read(lines(cart)), tax, amount);
                        assertThat(vat.stream().mapToLong(Vat::taxAmount).sum()).isEqualTo(tax);
                        assertThat(vat.stream().mapToLong(Vat::grossAmount).sum())
                                .isEqualTo(amount);
                        assertThat(vat)
                                .allMatch(v -> v.netAmount() + v.taxAmount() == v.grossAmount());
                        assertThat(vat.stream().map(v -> String.valueOf(v.taxRate())))
                                .doesNotHaveDuplicates();
                        assertThat(vat.stream().filter(v -> v.taxRate() == null).count())
                                .isEqualTo(beyond == 0 ? 0 : 1);
                        for (Vat rate : vat.subList(0, vat.size() - (beyond == 0 ? 0 : 1))) {
                            within(rate, cart);
                        }
                    }
                });
    }

    /** The tax of a rate differs from the rule by no more than its lines were rounded. */
    private static void within(Vat vat, List<Line> cart) {
        int rate = Objects.requireNonNull(vat.taxRate());
        long ofRate = cart.stream().filter(line -> line.taxRate() == rate).count();
        double exact = vat.grossAmount() - vat.grossAmount() * 10_000.0 / (10_000 + rate);
        assertThat(Math.abs(vat.taxAmount() - exact)).isLessThanOrEqualTo(2.0 * ofRate);
    }

    /** The same through the API, from the sale to the receipt. */
    @Test
    void receiptsOfGeneratedSalesAgreeWithTheirOrders() {
        SplittableRandom random = new SplittableRandom(20_260_610);
        int sold = 0;
        for (int i = 0; i < 40; i++) {
            List<Line> cart = cart(random);
            long amount = sum(cart, Line::total);
            if (amount <= 0) {
                continue;
            }
            String body =
                    """
                    {"device_id": "%s", "order_amount": %d, "order_tax_amount": %d,
                     "purchase_currency": "NOK", "purchase_started_at": "2024-01-15T10:30:00Z",
                     "order_items": %s}
                    """
                            .formatted(
                                    device.id(),
                                    amount,
                                    Math.abs(sum(cart, Line::tax)),
                                    lines(cart));
            String session =
                    merchant.api().post("/ipp/v1/sessions", body).is(200).text("session_id");
            String id = merchant.tap(session, "SUCCESS").is(200).text("order_id");
            TestOrder order = new TestOrder(merchant, session, id);
            JsonNode vat =
                    device.api()
                            .get("/pos/v1/sessions/" + order.session() + "/receipt")
                            .is(200)
                            .json()
                            .path("vat");
            long tax = vat.values().stream().mapToLong(v -> v.path("tax_amount").asLong()).sum();
            assertThat(tax).isEqualTo(order.get().json().path("order_tax_amount").asLong());
            assertThat(Json.write(vat)).doesNotContain("null");
            sold++;
        }
        assertThat(sold).isGreaterThan(30);
    }
}

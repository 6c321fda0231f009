package dev.kassa.portal;

import dev.kassa.http.Json;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.Problem;
import dev.kassa.kernel.Text;
import dev.kassa.order.Order;
import dev.kassa.order.OrderDesk;
import dev.kassa.order.OrderDesk.Move;
import dev.kassa.receipt.ReceiptLine;
import jakarta.servlet.http.HttpServletRequest;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.Currency;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What somebody filled in to capture or refund some of an order: lines, or an amount.
 *
 * @param lines numbers of the order's lines, from 0 on
 * @param typed an amount in major units as people write them; empty for that of the lines
 * @param reason for the shopper's receipt
 * @param seen {@link dev.kassa.order.OrderBalance#moved} of the order when the form was opened
 */
record MoneyForm(Move move, List<Integer> lines, String typed, String reason, long seen) {
    /** Blanks between thousands, and a point or a comma before the fraction. */
    private static final Pattern AMOUNT =
            Pattern.compile("(?:\\d{1,3}(?:[ \\u00a0]\\d{3})+|\\d{1,12})(?:[.,]\\d+)?");

    private static final int KEY_CHARS = 100;

    static MoneyForm empty(Move move, Order order) {
        return new MoneyForm(move, List.of(), "", "", order.amounts().moved());
    }

    static MoneyForm read(Move move, HttpServletRequest request) {
        String[] lines = request.getParameterValues("line");
        return new MoneyForm(
                move,
                lines == null ? List.of() : numbers(lines),
                text(request, "amount"),
                text(request, "reason"),
                number(text(request, "seen")));
    }

    private static String text(HttpServletRequest request, String field) {
        String text = request.getParameter(field);
        return text == null ? "" : text.strip();
    }

    /** What is no number was written by no page of ours, and matches nothing. */
    private static long number(String text) {
        return text.matches("\\d{1,15}") ? Long.parseLong(text) : -1;
    }

    private static List<Integer> numbers(String[] fields) {
        return Arrays.stream(fields)
                .filter(field -> field.matches("\\d{1,4}"))
                .map(Integer::valueOf)
                .toList();
    }

    /** The key of the text that says what is wrong; null when the form can be used. */
    @Nullable String fault(Order order, long most) {
        Optional<Long> amount = typed.isEmpty() ? ofLines(order) : minor(order);
        if (amount.isEmpty()) {
            return typed.isEmpty() ? "money.fault.none" : "money.fault.amount";
        }
        if (amount.get() <= 0) {
            return "money.fault.none";
        }
        if (amount.get() > most) {
            return "money.fault.most";
        }
        return reason.codePointCount(0, reason.length()) > Limits.DESCRIPTION_CHARS
                ? "money.fault.reason"
                : null;
    }

    /** In minor units; of a release all that is left. Nothing when the form says none. */
    Optional<Long> amount(Order order, Instant now) {
        if (move == Move.RELEASE) {
            return Optional.of(move.most(order, now));
        }
        return typed.isEmpty() ? ofLines(order) : minor(order);
    }

    private Optional<Long> ofLines(Order order) {
        List<ReceiptLine> all = ReceiptLine.read(order.orderLines());
        List<Integer> chosen = chosen(all.size());
        return chosen.isEmpty()
                ? Optional.empty()
                : Optional.of(chosen.stream().mapToLong(nth -> all.get(nth).totalAmount()).sum());
    }

    private Optional<Long> minor(Order order) {
        return minor(typed, order.purchaseCurrency());
    }

    /**
     * What the confirmed form decides: the amount that its button said.
     *
     * @throws Problem INVALID when a page of ours did not write it
     */
    OrderDesk.Decision decision(Order order, HttpServletRequest request) {
        String key = text(request, "key");
        long confirmed = number(text(request, "confirmed"));
        if (key.isEmpty() || key.length() > KEY_CHARS || confirmed <= 0) {
            throw Problem.invalid("confirmed", "must be the amount of the page before");
        }
        return new OrderDesk.Decision(
                move,
                confirmed,
                reason.isEmpty() ? null : Text.storable(reason, Limits.DESCRIPTION_CHARS),
                orderLines(order),
                seen,
                "portal " + key);
    }

    /** An amount as people write it. */
    static Optional<Long> minor(String typed, String currency) {
        int digits = Math.max(0, Currency.getInstance(currency).getDefaultFractionDigits());
        if (!AMOUNT.matcher(typed).matches()) {
            return Optional.empty();
        }
        BigDecimal amount = new BigDecimal(typed.replaceAll("[ \\u00a0]", "").replace(',', '.'));
        return amount.stripTrailingZeros().scale() > digits
                ? Optional.empty()
                : Optional.of(amount.movePointRight(digits).longValueExact());
    }

    /** Once each, without those that the order does not have. */
    private List<Integer> chosen(int count) {
        return new TreeSet<>(lines).stream().filter(nth -> nth >= 0 && nth < count).toList();
    }

    /** JSON of the lines that it is about; null when it is about none. */
    private @Nullable String orderLines(Order order) {
        if (!typed.isEmpty() || lines.isEmpty()) {
            return null;
        }
        JsonNode all = Json.MAPPER.readTree(order.orderLines());
        return Json.write(chosen(all.size()).stream().map(all::get).toList());
    }

    /** The lines as they were chosen, for the form that is shown again. */
    public boolean has(int line) {
        return lines.contains(line);
    }
}

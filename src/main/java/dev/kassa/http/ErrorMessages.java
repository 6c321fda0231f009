package dev.kassa.http;

import dev.kassa.kernel.Text;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes of a path and what is wrong there a sentence that says all by itself: shops show the
 * sentences without the paths. {@code order_items[1].unit_price} and {@code must be …} become "The
 * unit price of line 2 must be …".
 */
final class ErrorMessages {
    /** What people call a field whose name does not say it. */
    private static final Map<String, String> NAMES =
            Map.ofEntries(
                    Map.entry("after", "parameter after"),
                    Map.entry("before", "parameter before"),
                    Map.entry("callbacks", "number of callbacks"),
                    Map.entry("decision", "decision"),
                    Map.entry("delay_ms", "delay in milliseconds"),
                    Map.entry("enabled", "switch enabled"),
                    Map.entry("event_types", "list of event types"),
                    Map.entry("expires_in", "code's life in milliseconds"),
                    Map.entry("faults", "list of faults"),
                    Map.entry("from", "beginning of the range"),
                    Map.entry("image_url", "URL of the image"),
                    Map.entry("include_consumed", "parameter include_consumed"),
                    Map.entry("include_delivered", "switch include_delivered"),
                    Map.entry("manual_capture", "switch manual_capture"),
                    Map.entry("merchant_reference1", "first merchant reference"),
                    Map.entry("merchant_reference2", "second merchant reference"),
                    Map.entry("order_items", "list of lines"),
                    Map.entry("order_lines", "list of lines"),
                    Map.entry("product_url", "URL of the product"),
                    Map.entry("purchase_completed_at", "end of the purchase"),
                    Map.entry("purchase_started_at", "start of the purchase"),
                    Map.entry("return_tracking_uri", "address to follow the return"),
                    Map.entry("session_ttl_seconds", "time to live of sessions in seconds"),
                    Map.entry("shipping_info", "shipping info"),
                    Map.entry("street_address2", "second line of the street address"),
                    Map.entry("to", "end of the range"),
                    Map.entry("tracking_uri", "address to follow the parcel"),
                    Map.entry("ttl", "code's life"),
                    Map.entry("url", "URL"),
                    Map.entry("wait", "seconds to wait"));

    /** What people call one entry of a list. */
    private static final Map<String, String> ENTRIES =
            Map.of(
                    "order_items", "line",
                    "order_lines", "line",
                    "shipping_info", "shipping info",
                    "event_types", "event type",
                    "faults", "fault");

    private static final Pattern SEGMENT =
            Pattern.compile("(?<name>[a-z][a-z0-9_]*)(\\[(?<index>\\d{1,6})])?");

    private static final Pattern HEADER = Pattern.compile("[A-Za-z]+(-[A-Za-z]+)+");
    private static final String METADATA = "metadata.";
    private static final int SHOWN = 60;

    private ErrorMessages() {}

    /**
     * The sentence.
     *
     * @param path the wire's; empty when the fault is of the whole request
     * @param fault a predicate without a full stop; or a sentence of its own, which begins with a
     *     capital
     * @param aside what follows the subject in brackets; empty for nothing
     */
    static String of(String path, String fault, String aside) {
        String end = fault.endsWith(".") ? "" : ".";
        if (path.isEmpty() || Character.isUpperCase(fault.codePointAt(0))) {
            return Character.toUpperCase(fault.charAt(0))
                    + fault.substring(1)
                    + (aside.isEmpty() ? "" : " (" + aside + ")")
                    + end;
        }
        return subject(path) + (aside.isEmpty() ? "" : " (" + aside + ")") + " " + fault + end;
    }

    private static String subject(String path) {
        if (path.startsWith(METADATA)) {
            return "The metadata value of " + quoted(path.substring(METADATA.length()));
        }
        String[] segments = path.split("\\.", -1);
        StringBuilder subject = new StringBuilder();
        for (int i = segments.length - 1; i >= 0; i--) {
            Matcher segment = SEGMENT.matcher(segments[i]);
            if (!segment.matches()) {
                return HEADER.matcher(path).matches()
                        ? "The header " + path
                        : "The parameter " + quoted(path);
            }
            String name = segment.group("name");
            String index = segment.group("index");
            if (!subject.isEmpty()) {
                subject.append(" of ");
            }
            subject.append(index == null ? "the " + words(name) : entry(name, index));
        }
        return Character.toUpperCase(subject.charAt(0)) + subject.substring(1);
    }

    private static String entry(String name, String index) {
        return ENTRIES.getOrDefault(name, words(name)) + " " + (Integer.parseInt(index) + 1);
    }

    private static String words(String name) {
        String known = NAMES.get(name);
        return known != null
                ? known
                : name.replace('_', ' ')
                        .replaceAll("\\bid\\b", "ID")
                        .replaceAll("\\burl\\b", "URL");
    }

    /** A name that a caller made up, fit to be shown. */
    static String quoted(String name) {
        String shown = Text.printable(Text.storable(name, SHOWN));
        return "'" + shown + (shown.length() < name.length() ? "…" : "") + "'";
    }
}

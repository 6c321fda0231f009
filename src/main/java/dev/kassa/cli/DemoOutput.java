package dev.kassa.cli;

import dev.kassa.kernel.Text;
import dev.kassa.server.PlaygroundEnv;
import dev.kassa.server.Server;
import java.io.Console;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Help.Ansi;

/** Prints the demo's steps; in colour on a terminal only. */
record DemoOutput(PrintStream out, Ansi ansi) {
    DemoOutput(PrintStream out) {
        this(out, colour() ? Ansi.ON : Ansi.OFF);
    }

    private static boolean colour() {
        return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent()
                && System.getenv("NO_COLOR") == null;
    }

    /** A step that went as it should. */
    synchronized void step(String what, String detail) {
        line("@|green,bold ✓|@ @|bold " + pad(what) + "|@ ", detail);
    }

    /** Something that came in from the server. */
    synchronized void received(String what, String detail) {
        line("@|cyan ←|@ " + pad(what) + " ", detail);
    }

    /** A step that did not. */
    synchronized void failed(String what, String detail) {
        line("@|red,bold ✗|@ @|bold " + pad(what) + "|@ ", detail);
    }

    /** {@code detail} may hold anything, so it is kept out of the markup and of control codes. */
    private void line(String markup, String detail) {
        out.println(ansi.string(markup) + Text.printable(detail));
        out.flush();
    }

    /** Whether somebody still reads: false once a pipe such as {@code | head} has ended. */
    boolean isRead() {
        return !out.checkError();
    }

    private static String pad(String text) {
        return String.format(Locale.ROOT, "%-17s", text);
    }

    /** What to try now that the server stays up. */
    void next(Server server) {
        String env =
                PlaygroundEnv.quoted(server.dataDirectory().resolve(PlaygroundEnv.FILE).toString());
        out.println();
        out.println(
                """
                The server stays up; Ctrl-C stops it. In another terminal, paste:

                  . %s
                  device=$(curl -s -u "$KASSA_API_USERNAME:$KASSA_API_KEY" "$KASSA_URL/ipp/v1/dev/devices" \\
                    -H 'Content-Type: application/json' -d '{"name":"My phone"}' | sed 's/.*"device_id":"\\([^"]*\\)".*/\\1/')
                  session=$(curl -s -u "$KASSA_API_USERNAME:$KASSA_API_KEY" "$KASSA_URL/ipp/v1/sessions" \\
                    -H 'Content-Type: application/json' -d '{"device_id":"'$device'","order_amount":4500,"order_tax_amount":900,"purchase_currency":"SEK","purchase_started_at":"2026-01-15T10:30:00Z","order_items":[{"name":"Coffee","unit_price":4500,"total_amount":4500,"tax_rate":2500,"total_tax_amount":900}]}' | sed 's/.*"session_id":"\\([^"]*\\)".*/\\1/')
                  curl -s -w '\\n' -X POST -u "$KASSA_API_USERNAME:$KASSA_API_KEY" "$KASSA_URL/ipp/v1/dev/sessions/$session/simulate-tap?outcome=INSUFFICIENT_FUNDS"
                  ./kassa tap $session
                  curl -s -w '\\n' -u "$KASSA_API_USERNAME:$KASSA_API_KEY" "$KASSA_URL/ipp/v1/sessions/$session"
                """
                        .formatted(env));
        out.flush();
    }
}

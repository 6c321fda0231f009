package dev.kassa.portal;

import dev.kassa.access.Permission;
import dev.kassa.access.Requires;
import dev.kassa.http.Json;
import dev.kassa.http.Operation;
import dev.kassa.http.PublicUrl;
import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.Problem;
import dev.kassa.kernel.SessionId;
import dev.kassa.merchant.PortalUser;
import dev.kassa.payment.simulator.CardOutcome;
import dev.kassa.payment.simulator.ProviderFault;
import dev.kassa.playground.Bench;
import dev.kassa.playground.SimulatedDevices;
import dev.kassa.playground.SimulatedTaps;
import dev.kassa.support.EventSearch;
import dev.kassa.support.SimulatedTills;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/**
 * The playground's bench: tills without a device, cards without plastic, an acquirer that errs when
 * it is asked to, and what a backend hears of it.
 */
@Controller
@Requires(Permission.PLAYGROUND_USE)
@ConditionalOnProperty(name = "kassa.mode", havingValue = "PLAYGROUND")
final class BenchPages {
    private static final String PATH = "/portal/playground";
    private static final int TILLS = 24;
    private static final int EVENTS = 12;

    /** The cards that differ in what a clerk sees. */
    private static final List<CardOutcome> CARDS =
            List.of(
                    CardOutcome.SUCCESS,
                    CardOutcome.INSUFFICIENT_FUNDS,
                    CardOutcome.LOST_CARD,
                    CardOutcome.PROCESSING_ERROR);

    private final PortalView view;
    private final Bench bench;
    private final SimulatedDevices simulated;
    private final SimulatedTaps taps;
    private final SimulatedTills tills;
    private final EventSearch events;
    private final PublicUrl url;

    BenchPages(
            PortalView view,
            Bench bench,
            SimulatedDevices simulated,
            SimulatedTaps taps,
            SimulatedTills tills,
            EventSearch events,
            PublicUrl url) {
        this.view = view;
        this.bench = bench;
        this.simulated = simulated;
        this.taps = taps;
        this.tills = tills;
        this.events = events;
        this.url = url;
    }

    @GetMapping(PATH)
    ModelAndView bench(PortalUser user, HttpServletRequest request) {
        String currency = bench.currency(user.merchant());
        List<SimulatedTills.Till> all = tills.list(user.merchant(), TILLS);
        return view.page("playground", PortalView.Entry.PLAYGROUND, user)
                .addObject("tills", all)
                .addObject("carts", carts(all, currency))
                .addObject("currency", currency)
                .addObject("cards", CARDS)
                .addObject("faults", ProviderFault.values())
                .addObject("waiting", bench.faults(user.merchant()))
                .addObject("api", url.of(request, "/ipp/v1"))
                .addObject("nameChars", Limits.DEVICE_NAME_CHARS)
                .addObject(
                        "events",
                        events.find(user.merchant(), EventSearch.Query.of("", "", null), EVENTS)
                                .found());
    }

    /** What a backend would send to each till, for the same from a terminal. */
    private Map<DeviceId, String> carts(List<SimulatedTills.Till> all, String currency) {
        return all.stream()
                .map(SimulatedTills.Till::id)
                .collect(
                        Collectors.toMap(
                                Function.identity(),
                                id -> Json.write(bench.cart(id, 24_000, currency))));
    }

    /** The page again, when something could not be done. */
    private ModelAndView again(PortalUser user, HttpServletRequest request, String refusal) {
        ModelAndView page = bench(user, request).addObject("refusal", refusal);
        page.setStatus(HttpStatus.CONFLICT);
        return page;
    }

    private static ModelAndView back() {
        return new ModelAndView("redirect:" + PATH);
    }

    @PostMapping(PATH + "/tills")
    ModelAndView addTill(
            PortalUser user, @RequestParam(name = "name", defaultValue = "") String name) {
        String typed = name.strip();
        if (typed.isEmpty() || typed.codePointCount(0, typed.length()) > Limits.DEVICE_NAME_CHARS) {
            throw Problem.invalid(
                    "name", "must have 1 to " + Limits.DEVICE_NAME_CHARS + " characters");
        }
        var _ = simulated.register(user.merchant(), typed, null, Map.of());
        return back();
    }

    @PostMapping(PATH + "/tills/{device_id}/sessions")
    ModelAndView sell(
            PortalUser user,
            @PathVariable("device_id") DeviceId till,
            @RequestParam(name = "amount", defaultValue = "") String amount,
            HttpServletRequest request) {
        Optional<Long> minor = MoneyForm.minor(amount.strip(), bench.currency(user.merchant()));
        if (minor.isEmpty()) {
            return again(user, request, "money.fault.amount");
        }
        return unlessRefused(user, request, () -> bench.sell(user.merchant(), till, minor.get()));
    }

    @Operation(callsProvider = true)
    @PostMapping(PATH + "/sessions/{session_id}/tap")
    ModelAndView tap(
            PortalUser user,
            @PathVariable("session_id") SessionId session,
            @RequestParam(name = "card", defaultValue = "SUCCESS") String card,
            HttpServletRequest request) {
        CardOutcome outcome =
                one(CARDS, card).orElseThrow(() -> Problem.invalid("card", "must be a card"));
        return unlessRefused(user, request, () -> taps.tap(user.merchant(), session, outcome));
    }

    @PostMapping(PATH + "/faults")
    ModelAndView addFault(
            PortalUser user, @RequestParam(name = "fault", defaultValue = "") String fault) {
        bench.addFault(
                user.merchant(),
                one(Arrays.asList(ProviderFault.values()), fault)
                        .orElseThrow(() -> Problem.invalid("fault", "must be a fault")));
        return back();
    }

    @PostMapping(PATH + "/faults/clear")
    ModelAndView clearFaults(PortalUser user) {
        bench.clearFaults(user.merchant());
        return back();
    }

    private static <E extends Enum<E>> Optional<E> one(List<E> all, String name) {
        return all.stream().filter(one -> one.name().equals(name)).findFirst();
    }

    /** Something that answers a session, or says why not. */
    private interface Doing {
        @Nullable Object run();
    }

    private ModelAndView unlessRefused(PortalUser user, HttpServletRequest request, Doing doing) {
        try {
            var _ = doing.run();
            return back();
        } catch (Problem refused) {
            if (refused.kind() == Problem.Kind.NOT_FOUND) {
                throw refused;
            }
            return again(user, request, String.valueOf(refused.getMessage()));
        }
    }
}

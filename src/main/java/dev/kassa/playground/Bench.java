package dev.kassa.playground;

import dev.kassa.http.JsonObject;
import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Problem;
import dev.kassa.merchant.Merchant;
import dev.kassa.merchant.Merchants;
import dev.kassa.payment.simulator.FaultScript;
import dev.kassa.payment.simulator.FaultStep;
import dev.kassa.payment.simulator.ProviderFault;
import dev.kassa.session.Session;
import dev.kassa.session.Sessions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.stereotype.Service;

/** What somebody does with a playground who has a mouse and no shop yet. */
@Service
@ConditionalOnProperty(name = "kassa.mode", havingValue = "PLAYGROUND")
public final class Bench {
    private static final int TAX_RATE = 2500;
    private static final int WHOLE = 10_000;

    /** Real milliseconds that a late answer takes: longer than a clerk likes, and not lost yet. */
    private static final int LATE_MS = 5_000;

    private final Merchants merchants;
    private final Sessions sessions;
    private final FaultScript script;
    private final InstantSource clock;

    Bench(Merchants merchants, Sessions sessions, FaultScript script, InstantSource clock) {
        this.merchants = merchants;
        this.sessions = sessions;
        this.script = script;
        this.clock = clock;
    }

    /** The currency in which its sessions are. */
    public String currency(MerchantId merchant) {
        return merchants.selling(merchant).currencies().stream().sorted().findFirst().orElse("SEK");
    }

    /** What a backend would send for one thing of this price, in minor units. */
    public Map<String, Object> cart(DeviceId device, long amount, String currency) {
        long withTax = WHOLE + TAX_RATE;
        long tax = (amount * TAX_RATE + withTax / 2) / withTax;
        return Map.of(
                "device_id",
                device.toString(),
                "order_amount",
                amount,
                "order_tax_amount",
                tax,
                "purchase_currency",
                currency,
                "purchase_started_at",
                clock.instant().toString(),
                "order_items",
                List.of(
                        Map.of(
                                "name",
                                "Something",
                                "quantity",
                                1,
                                "unit_price",
                                amount,
                                "total_amount",
                                amount,
                                "tax_rate",
                                TAX_RATE,
                                "total_tax_amount",
                                tax)));
    }

    /**
     * Opens a session for one thing of this price.
     *
     * @throws Problem INVALID when nothing can cost that
     */
    public Session sell(MerchantId merchant, DeviceId device, long amount) {
        Merchant seller = merchants.selling(merchant);
        return sessions.create(
                seller, JsonObject.of(cart(device, amount, currency(merchant))), null);
    }

    /** What the acquirer will do wrong with its next calls, in their order. */
    public List<ProviderFault> faults(MerchantId merchant) {
        return script.left(merchant, null).stream().map(FaultStep::fault).toList();
    }

    /** Has one more call go wrong. */
    public void addFault(MerchantId merchant, ProviderFault fault) {
        List<FaultStep> steps = new ArrayList<>(script.left(merchant, null));
        steps.add(new FaultStep(null, fault, fault == ProviderFault.LATE ? LATE_MS : 0));
        script.replace(merchant, null, steps);
    }

    /** The acquirer is well again. */
    public void clearFaults(MerchantId merchant) {
        script.replace(merchant, null, List.of());
    }
}

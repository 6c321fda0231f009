package dev.kassa.merchant;

import dev.kassa.database.Sql;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Problem;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.springframework.stereotype.Service;

/** Makes merchants, and keeps what is known of them. */
@Service
public final class Merchants {
    private final MerchantTable table;
    private final ApiKeys keys;
    private final InstantSource clock;

    Merchants(MerchantTable table, ApiKeys keys, InstantSource clock) {
        this.table = table;
        this.keys = keys;
        this.clock = clock;
    }

    /** A new merchant with an id of its own, of which no more than the name is known. */
    public Merchant create(String name) {
        MerchantId id = create(new NewMerchant(name, null, List.of(), null, null));
        return new Merchant(id, name, null, false, Set.of());
    }

    /** A new merchant with an id of its own. */
    public MerchantId create(NewMerchant wish) {
        MerchantId id;
        do {
            id = MerchantId.next();
        } while (!table.insert(id, wish, Sql.now(clock)));
        return id;
    }

    /** All merchants of this deployment, the oldest first. */
    public List<MerchantDetails> list() {
        return table.listOfAnyMerchant();
    }

    /**
     * One of them.
     *
     * @throws Problem NOT_FOUND when there is none
     */
    public MerchantDetails get(MerchantId merchant) {
        return table.find(merchant)
                .orElseThrow(() -> Problem.notFound("There is no merchant " + merchant + "."));
    }

    /**
     * One of them, as its sales are made.
     *
     * @throws Problem NOT_FOUND when there is none
     */
    public Merchant selling(MerchantId merchant) {
        return table.selling(merchant)
                .orElseThrow(() -> Problem.notFound("There is no merchant " + merchant + "."));
    }

    /**
     * Lets the merchant's keys and devices in no more, or in again. Another node may go by the
     * former word for a second.
     *
     * @return whether it was otherwise before
     * @throws Problem NOT_FOUND when there is none
     */
    public boolean disable(MerchantId merchant, boolean disabled) {
        var _ = get(merchant);
        boolean changed = table.disable(merchant, disabled, Sql.now(clock));
        keys.forget();
        return changed;
    }

    /**
     * Writes what the merchant chooses for sessions made from now on. Another node may go by the
     * former choice for a second.
     */
    void choose(MerchantId merchant, MerchantSettings settings) {
        if (!table.choose(merchant, settings, null)) {
            throw new IllegalStateException("there is no merchant " + merchant);
        }
        keys.forget();
    }

    /**
     * The same for somebody who has seen what it was.
     *
     * @throws Problem CONFLICT when it is something else by now
     */
    public void choose(MerchantId merchant, MerchantSettings settings, MerchantSettings seen) {
        if (!table.choose(merchant, settings, seen)) {
            throw Problem.conflict("The settings were changed since you opened them. Look again.");
        }
        keys.forget();
    }

    /** What the merchant has chosen. */
    public MerchantSettings settings(MerchantId merchant) {
        return table.settings(merchant);
    }
}

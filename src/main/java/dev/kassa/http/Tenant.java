package dev.kassa.http;

import dev.kassa.database.FairQueue;
import dev.kassa.database.WorkContext;
import dev.kassa.kernel.MerchantId;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Optional;

/** Which merchant a request acts for, as authentication found it. */
public final class Tenant {
    private static final String ATTRIBUTE = Tenant.class.getName();

    private Tenant() {}

    /** Called once by the filter that authenticates. */
    public static void set(HttpServletRequest request, MerchantId merchant) throws IOException {
        request.setAttribute(ATTRIBUTE, merchant);
        WorkContext.narrow(merchant);
        if (!Body.isDeclared(request)) {
            FairQueue.begin(merchant);
        }
    }

    public static Optional<MerchantId> of(HttpServletRequest request) {
        return Optional.ofNullable((MerchantId) request.getAttribute(ATTRIBUTE));
    }
}

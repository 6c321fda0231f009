package dev.kassa.receipt;

import dev.kassa.access.NoCredential;
import dev.kassa.http.PublicUrl;
import dev.kassa.order.Orders;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** The page behind a receipt's link. Whoever has the link may see it; nobody can guess one. */
@Controller
@NoCredential(why = "The receipt is for whoever has its link; the token in it cannot be guessed.")
final class ReceiptPage {
    /** The page runs no script, loads its own stylesheet and nothing else, and is in no frame. */
    private static final String POLICY =
            "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none';"
                    + " frame-ancestors 'none'";

    private final Receipts receipts;
    private final PublicUrl url;

    ReceiptPage(Receipts receipts, PublicUrl url) {
        this.receipts = receipts;
        this.url = url;
    }

    @GetMapping(path = Orders.RECEIPT_PATH + "{token}")
    ModelAndView receipt(
            @PathVariable("token") String token,
            @RequestParam(name = "lang", required = false) @Nullable String lang,
            @RequestHeader(name = HttpHeaders.ACCEPT_LANGUAGE, required = false)
                    @Nullable String accepted,
            HttpServletRequest request,
            HttpServletResponse response) {
        response.setHeader("Content-Security-Policy", POLICY);
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Robots-Tag", "noindex, nofollow");
        Optional<Receipt> found = receipts.find(token, url.of(request, Orders.RECEIPT_PATH));
        if (found.isEmpty()) {
            Language language = Language.choose(lang, accepted, "en");
            ModelAndView missing =
                    new ModelAndView("receipt-missing", Map.of("t", language.words()));
            missing.setStatus(HttpStatus.NOT_FOUND);
            return missing;
        }
        Receipt receipt = found.get();
        Language language = Language.choose(lang, accepted, receipt.locale());
        return new ModelAndView(
                "receipt",
                Map.of(
                        "t",
                        language.words(),
                        "lang",
                        language,
                        "languages",
                        Language.values(),
                        "r",
                        receipt,
                        "f",
                        new Formats(language, receipt)));
    }
}

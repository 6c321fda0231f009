package dev.kassa.pos;

import dev.kassa.access.Permission;
import dev.kassa.access.Requires;
import dev.kassa.device.Device;
import dev.kassa.http.PublicUrl;
import dev.kassa.kernel.Problem;
import dev.kassa.kernel.SessionId;
import dev.kassa.order.Orders;
import dev.kassa.receipt.Receipt;
import dev.kassa.receipt.Receipts;
import dev.kassa.session.Session;
import dev.kassa.session.Sessions;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The receipt of a session that was paid, for the clerk to show. */
@RestController
@Requires(Permission.PAYMENTS_TAKE)
@RequestMapping("/pos/v1/sessions/{session_id}")
final class PosReceiptApi {
    private final Sessions sessions;
    private final Receipts receipts;
    private final PublicUrl url;

    PosReceiptApi(Sessions sessions, Receipts receipts, PublicUrl url) {
        this.sessions = sessions;
        this.receipts = receipts;
        this.url = url;
    }

    @GetMapping(path = "/receipt", produces = MediaType.APPLICATION_JSON_VALUE)
    Receipt receipt(
            Device device, @PathVariable("session_id") SessionId id, HttpServletRequest request) {
        Session session = sessions.get(device, id);
        if (session.orderId() == null) {
            throw Problem.notFound(
                    "The session is " + session.status() + "; only a FINALIZED one has a receipt.");
        }
        return receipts.of(
                session.merchantId(), session.orderId(), url.of(request, Orders.RECEIPT_PATH));
    }

    @GetMapping(path = "/receipt-qr.svg", produces = "image/svg+xml")
    String qr(Device device, @PathVariable("session_id") SessionId id, HttpServletRequest request) {
        return QrCodeSvg.of(receipt(device, id, request).receiptUrl());
    }
}

package dev.kassa.http;

import dev.kassa.database.RowBusyException;
import dev.kassa.database.SqlErrors;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * Why a request in one transaction may do better in a second run: it met a row that others wait
 * for, which is better waited for without a connection, or its connection broke. Noted where the
 * failure is answered, for the filter that can undo the transaction and run it again.
 */
public final class TransactionRetry {
    private static final String ATTRIBUTE = TransactionRetry.class.getName();

    private @Nullable Object busyRow;
    private boolean broken;

    /** From now on failures of this request are noted here, once, in place of being answered. */
    public static TransactionRetry offeredTo(HttpServletRequest request) {
        TransactionRetry offer = new TransactionRetry();
        request.setAttribute(ATTRIBUTE, offer);
        return offer;
    }

    /** No further run will follow: failures of this request are answered. */
    public static TransactionRetry refusedTo(HttpServletRequest request) {
        request.removeAttribute(ATTRIBUTE);
        return new TransactionRetry();
    }

    /** Ends the offer; false when it was taken, and the request's answer is none. */
    public boolean isUnused(HttpServletRequest request) {
        request.removeAttribute(ATTRIBUTE);
        return busyRow == null && !broken;
    }

    /** Notes the failure if somebody will try again; false when the request is to be refused. */
    public static boolean take(HttpServletRequest request, Exception failure) {
        if (!(request.getAttribute(ATTRIBUTE) instanceof TransactionRetry offer)) {
            return false;
        }
        if (failure instanceof RowBusyException busy) {
            offer.busyRow = busy.row();
            return true;
        }
        offer.broken = SqlErrors.isInDoubt(failure);
        return offer.broken;
    }

    /** The row that the request waited for, if that was the reason. */
    @Nullable
    public Object busyRow() {
        return busyRow;
    }
}

package dev.kassa.payment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.testing.Await;
import dev.kassa.testing.TestOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A provider that contradicts itself: what it approves too late is given back, once. */
class LateApprovalTest extends SalesAtAProvider {
    @ParameterizedTest
    @CsvSource({"LOST_CARD,ACTIVE", "PROCESSING_ERROR,FAILED"})
    void anApprovalAfterARefusalIsGivenBackOnce(String refusal, String status) {
        Sale sale = sale();
        sale.device().attach(sale.id()).is(200);
        decide(sale, "outcome=" + refusal).is(200);
        assertThat(merchant.status(sale.id())).isEqualTo(status);

        decide(sale, "outcome=SUCCESS&callbacks=3").is(200);
        assertThat(merchant.status(sale.id())).isEqualTo(status);
        assertThat(kept(sale)).containsExactly("APPROVED");
        assertThat(refunds(sale)).containsExactly("REFUNDED");
        assertThat(money(sale)).isEqualTo("1 charged, 1 given back");
        assertThat(events(sale)).containsOnlyOnce("ipp.payment.refunded");
    }

    @Test
    void anApprovalAfterTheCancelIsGivenBack() {
        Sale sale = sale();
        sale.device().attach(sale.id()).is(200);
        merchant.cancel(sale.id()).is(200);
        decide(sale, "outcome=SUCCESS").is(200);
        assertThat(merchant.status(sale.id())).isEqualTo("CANCELLED");
        assertThat(money(sale)).isEqualTo("1 charged, 1 given back");
    }

    /** The old card's approval comes while the new card pays: one order, the other money back. */
    @Test
    void anOldApprovalBesideANewPayment() {
        Sale sale = sale();
        String old = sale.device().attach(sale.id()).is(200).text("payment", "attempt_id");
        decide(sale, "outcome=EXPIRED_CARD").is(200);
        sale.device().attach(sale.id()).is(200);
        decide(sale, "attempt_id=" + old).is(200);
        assertThat(merchant.status(sale.id())).isEqualTo("ACTIVE");
        decide(sale, "outcome=SUCCESS").is(200);
        assertThat(merchant.status(sale.id())).isEqualTo("FINALIZED");
        assertThat(money(sale)).isEqualTo("2 charged, 1 given back");
        assertThat(
                        server.count(
                                "select count(*) from orders where session_id = ?::uuid",
                                sale.id()))
                .isOne();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "LOST_REQUEST",
                "LOST_REPLY",
                "SERVER_ERROR",
                "SERVER_ERROR_AFTER",
                "GARBAGE"
            })
    void aRefundOfUnknownOutcomeIsMadeOnce(String fault) {
        Sale sale = sale();
        sale.device().attach(sale.id()).is(200);
        merchant.cancel(sale.id()).is(200);
        faults(sale, step("REFUND", fault), step("LOOKUP", fault), step("REFUND", fault));
        decide(sale, "outcome=SUCCESS").is(200);
        assertThat(refunds(sale)).containsExactly("PENDING");
        later(Duration.ofSeconds(16));
        assertThat(refunds(sale)).containsExactly("PENDING");
        later(Duration.ofSeconds(31));
        assertThat(refunds(sale)).containsExactly("REFUNDED");
        assertThat(money(sale)).isEqualTo("1 charged, 1 given back");
        assertThat(
                        server.count(
                                """
                                select count(*) from simulator_refund
                                    join simulator_payment p on p.idempotency_key = payment_key
                                where p.session_id = ?::uuid
                                """,
                                sale.id()))
                .isOne();
    }

    /** The request was lost and no look-up is answered: it is made all the same, and once. */
    @Test
    void aRefundWhoseLookUpsAreNeverAnsweredIsMade() {
        Sale sale = sale();
        sale.device().attach(sale.id()).is(200);
        merchant.cancel(sale.id()).is(200);
        List<String> script = new ArrayList<>(TestOrder.fault("REFUND", "LOST_REQUEST", 1));
        script.addAll(TestOrder.fault("LOOKUP", "LOST_REPLY", 99));
        faults(sale, script.toArray(String[]::new));
        decide(sale, "outcome=SUCCESS").is(200);
        assertThat(refunds(sale)).containsExactly("PENDING");
        later(Duration.ofSeconds(16));
        assertThat(refunds(sale)).containsExactly("REFUNDED");
        assertThat(money(sale)).isEqualTo("1 charged, 1 given back");
    }

    /** What it refused to give back while it said the payment had failed is owed once more. */
    @Test
    void anApprovalAfterARefusedRefundIsGivenBack() {
        Sale sale = sale();
        sale.device().attach(sale.id()).is(200);
        merchant.cancel(sale.id()).is(200);
        faults(sale, step("REFUND", "LOST_REQUEST"));
        decide(sale, "outcome=SUCCESS").is(200);
        decide(sale, "outcome=PROCESSING_ERROR").is(200);
        later(Duration.ofSeconds(16));
        assertThat(refunds(sale)).containsExactly("REFUSED");

        decide(sale, "outcome=SUCCESS&callbacks=2").is(200);
        assertThat(refunds(sale)).containsExactly("REFUSED", "REFUNDED");
        assertThat(money(sale)).isEqualTo("1 charged, 1 given back");
    }

    /** It approves again while its refusal is still on the way: no order of the two loses it. */
    @Test
    void anApprovalBesideARefusedRefundIsGivenBack() throws InterruptedException {
        Sale sale = sale();
        sale.device().attach(sale.id()).is(200);
        merchant.cancel(sale.id()).is(200);
        faults(
                sale,
                step("REFUND", "LOST_REQUEST"),
                "{\"call\": \"REFUND\", \"fault\": \"LATE\", \"delay_ms\": 3000}");
        decide(sale, "outcome=SUCCESS").is(200);
        decide(sale, "outcome=PROCESSING_ERROR").is(200);
        Thread refusal = Thread.ofVirtual().start(() -> later(Duration.ofSeconds(16)));
        Await.until(
                Duration.ofSeconds(30),
                () ->
                        server.count(
                                        "select count(*) from simulator_fault where session_id ="
                                                + " ?::uuid",
                                        sale.id())
                                == 0);

        decide(sale, "outcome=SUCCESS&callbacks=2").is(200);
        assertThat(refunds(sale)).containsExactly("PENDING");
        refusal.join();
        assertThat(refunds(sale)).containsExactly("REFUSED", "REFUNDED");
        assertThat(money(sale)).isEqualTo("1 charged, 1 given back");
    }

    /** Nothing can be taken back from a merchant's order by a word; it is kept for a person. */
    @Test
    void aDeclineAfterASuccessIsKeptAndNeverApplied() {
        Sale sale = sale();
        merchant.tap(sale.id(), "SUCCESS").is(200);
        decide(sale, "outcome=DECLINED_GENERIC&callbacks=2").is(200);
        assertThat(merchant.status(sale.id())).isEqualTo("FINALIZED");
        assertThat(kept(sale)).containsExactly("DECLINED");
        assertThat(refunds(sale)).isEmpty();
    }
}

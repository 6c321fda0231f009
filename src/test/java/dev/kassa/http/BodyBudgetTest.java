package dev.kassa.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kassa.kernel.Limits;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Problem;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BodyBudgetTest {
    private final BodyBudget budget = new BodyBudget(64L * Limits.ORDER_LINES_BODY_BYTES);

    private static Optional<MerchantId> merchant(int number) {
        return Optional.of(new MerchantId("DM" + number));
    }

    private BodyBudget.Lease take(Optional<MerchantId> merchant, long bytes) {
        BodyBudget.Lease lease = budget.open();
        lease.take(merchant, bytes);
        return lease;
    }

    private void isRefused(Optional<MerchantId> merchant) {
        assertThatThrownBy(() -> take(merchant, 1))
                .isInstanceOfSatisfying(
                        Problem.class,
                        refused -> {
                            assertThat(refused.kind()).isEqualTo(Problem.Kind.UNAVAILABLE);
                            assertThat(refused.retryAfter()).isPositive();
                        });
    }

    @Test
    void oneMerchantHasItsShareAndNoMore() {
        BodyBudget.Lease first = take(merchant(1), budget.share() - 1);
        BodyBudget.Lease last = take(merchant(1), 1);
        isRefused(merchant(1));
        take(merchant(2), budget.share()).close();
        last.close();
        take(merchant(1), 1).close();
        first.close();
        assertThat(budget.inUse()).isZero();
    }

    @Test
    void whoHasNotSaidWhoItIsSharesWithAllOthersWhoHaveNot() {
        BodyBudget.Lease lease = take(Optional.empty(), budget.share());
        isRefused(Optional.empty());
        take(merchant(1), 1).close();
        lease.close();
    }

    @Test
    void allTogetherHaveTheBudgetAndNoMore() {
        for (int i = 0; i < Limits.BODY_SHARES; i++) {
            var _ = take(merchant(i), budget.share());
        }
        assertThat(budget.inUse()).isEqualTo(budget.all());
        isRefused(merchant(99));
    }

    @Test
    void theLargestBodyAlwaysFits() {
        BodyBudget small = new BodyBudget(1);
        assertThat(small.share()).isGreaterThan(Limits.ORDER_LINES_BODY_BYTES);
    }

    @Test
    void aRequestTakesItsRoomOnceAndGivesItBackOnce() {
        BodyBudget.Lease lease = take(merchant(1), 5);
        lease.take(merchant(1), 5);
        assertThat(budget.inUse()).isEqualTo(5);
        lease.close();
        lease.close();
        assertThat(budget.inUse()).isZero();
    }
}

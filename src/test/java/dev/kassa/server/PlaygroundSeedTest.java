package dev.kassa.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.testing.MovableClock;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The merchant that a playground was given at its first start stays its merchant. */
class PlaygroundSeedTest {
    private static List<String> playground(TestServer server) {
        return server.texts("select merchant_id from portal_user where user_name = ?", "owner");
    }

    @Test
    void anotherMerchantIsNotTakenForItWhicheverIsOlder() {
        TestServer first = TestServer.start(MovableClock.stopped());
        List<String> seeded = playground(first);
        assertThat(seeded).hasSize(1);
        TestMerchant another = first.merchant();
        var _ =
                first.jdbc
                        .sql(
                                """
                                update merchant set created_at = created_at - interval '1 day'
                                where merchant_id = ?
                                """)
                        .param(another.id().value())
                        .update();
        try (TestServer second = first.restart()) {
            assertThat(playground(second)).isEqualTo(seeded);
            assertThat(
                            second.count(
                                    "select count(*) from api_key where merchant_id = ?",
                                    another.id().value()))
                    .isOne();
        }
    }
}

package dev.kassa.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kassa.kernel.Refusal;
import dev.kassa.testing.TestPostgres;
import dev.kassa.testing.TestServer;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** All servers on a database read what each of them sealed. */
class MasterKeyTest {
    private final String database = TestPostgres.newDatabase();

    private TestServer start(String key) {
        Map<String, String> settings =
                new HashMap<>(TestServer.settings(database, TestServer.temporary()));
        settings.put("KASSA_MASTER_KEY", key);
        return TestServer.start(settings);
    }

    @Test
    void aServerWithAnotherKeyIsRefused() {
        String right = "a".repeat(32);
        String wrong = "b".repeat(32);
        try (TestServer _ = start(right);
                TestServer _ = start(right)) {
            assertThatThrownBy(() -> start(wrong))
                    .isInstanceOf(Refusal.class)
                    .hasMessageContaining("KASSA_MASTER_KEY")
                    .hasMessageNotContaining(wrong);
        }
        assertThatThrownBy(() -> start(wrong))
                .as("nor when the others are stopped")
                .isInstanceOf(Refusal.class);
        start(right).close();
    }

    /** What the refusal tells whoever has lost the key. */
    @Test
    void aLostKeyCanBeGivenUp() {
        try (TestServer server = start("a".repeat(32))) {
            assertThat(server.jdbc.sql("delete from key_ring").update()).isOne();
        }
        start("b".repeat(32)).close();
    }
}

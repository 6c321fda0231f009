package dev.kassa.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** What {@code FuzzTest} leans on: that a change is noticed, and one that was undone is none. */
class DatabaseChangesTest {
    @Test
    void whatIsCommittedIsNoticed() {
        try (TestServer server = TestServer.start().withoutLoops()) {
            DatabaseChanges changes = new DatabaseChanges(server.jdbc);
            String merchant = server.merchant().id().value();
            assertThat(changes.take())
                    .extracting(change -> change.table())
                    .containsExactlyInAnyOrder(
                            "api_key",
                            "location",
                            "merchant",
                            "audit_entry",
                            "audit_entry",
                            "audit_entry");
            assertThat(changes.take()).isEmpty();

            String update = "update merchant set name = name || ? where merchant_id = ?";
            var _ = server.jdbc.sql(update).params("x", merchant).update();
            assertThat(changes.take())
                    .extracting(change -> change.table() + " " + change.appeared())
                    .containsExactlyInAnyOrder("merchant false", "merchant true");

            var _ = server.jdbc.sql(update).params("", merchant).update();
            var _ = server.jdbc.sql(update).params("y", merchant).update();
            String back = "update merchant set name = left(name, -1) where merchant_id = ?";
            var _ = server.jdbc.sql(back).param(merchant).update();
            String undone = "do $$ begin delete from location; raise 'undo'; end $$";
            assertThatThrownBy(() -> server.jdbc.sql(undone).update()).hasMessageContaining("undo");
            assertThat(changes.take()).isEmpty();
        }
    }
}

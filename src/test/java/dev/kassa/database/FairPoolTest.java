package dev.kassa.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kassa.database.WorkContext.Use;
import dev.kassa.kernel.MerchantId;
import dev.kassa.testing.Await;
import dev.kassa.testing.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who may have how many of the connections, and that each given back is there for the next. */
class FairPoolTest {
    private static final MerchantId ONE = new MerchantId("M1");
    private static final MerchantId OTHER = new MerchantId("M2");
    private static final Duration MOMENT = Duration.ofMillis(100);

    private final TestServer server = TestServer.start().withoutLoops();
    private final DataSource pool = server.server.part(DataSource.class);
    private final DatabaseSettings settings = server.server.part(DatabaseSettings.class);
    private final Deque<Connection> held = new ArrayDeque<>();

    /** Probes of the readiness that were under way when the loops ended. */
    @BeforeEach
    void nobodyElseHasAny() {
        Await.until(Duration.ofSeconds(5), () -> take(Use.READ, ONE) != null);
        giveBack();
    }

    @AfterEach
    void close() {
        while (!held.isEmpty()) {
            giveBack();
        }
        server.close();
    }

    private @Nullable Connection take(Use use, @Nullable MerchantId merchant) {
        return WorkContext.of(use, merchant, MOMENT)
                .call(() -> {
                    try {
                        Connection connection = pool.getConnection();
                        held.push(connection);
                        return connection;
                    } catch (SQLTransientConnectionException e) {
                        return null;
                    } catch (SQLException e) {
                        throw new IllegalStateException(e);
                    }
                });
    }

    private void giveBack() {
        try {
            held.pop().close();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private int takeAll(Use use, @Nullable MerchantId merchant) {
        int taken = 0;
        while (take(use, merchant) != null) {
            taken++;
        }
        return taken;
    }

    @Test
    void aMerchantHasItsShareAndNoMore() {
        assertThat(takeAll(Use.WRITE, ONE)).isEqualTo(settings.merchantConnections());
        assertThat(take(Use.READ, ONE)).isNull();
        assertThat(take(Use.WRITE, OTHER)).isNotNull();
        assertThat(take(Use.READ, OTHER)).isNotNull();
    }

    @Test
    void writesLeaveSomeToReads() {
        int writes = takeAll(Use.WRITE, null);
        assertThat(writes).isLessThan(settings.connections());
        assertThat(takeAll(Use.READ, null)).isEqualTo(settings.connections() - writes);
    }

    @Test
    void workersLeaveMoreThanHalfToRequests() {
        assertThat(takeAll(Use.BACKGROUND, null)).isLessThan(settings.connections() / 2);
        assertThat(take(Use.WRITE, ONE)).isNotNull();
    }

    @Test
    void whatIsGivenBackIsThereForTheNext() {
        int all = takeAll(Use.WRITE, ONE);
        giveBack();
        assertThat(takeAll(Use.WRITE, ONE)).isOne();
        for (int i = 0; i < all; i++) {
            giveBack();
        }
        assertThat(takeAll(Use.WRITE, OTHER)).isEqualTo(all);
    }

    @Test
    void closingTwiceGivesBackOnce() throws SQLException {
        Connection connection = take(Use.WRITE, ONE);
        assertThat(connection).isNotNull();
        held.peek().close();
        giveBack();
        assertThat(takeAll(Use.WRITE, ONE)).isEqualTo(settings.merchantConnections());
    }

    @Test
    void nobodyIsServedAfterTheDeadline() {
        WorkContext late = WorkContext.of(Use.READ, ONE, Duration.ZERO.minus(MOMENT));
        try (var _ = late.open()) {
            assertThatThrownBy(pool::getConnection)
                    .isInstanceOf(SQLTransientConnectionException.class);
        }
    }
}

package dev.kassa.database;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Whether the tables are those that this server was built for. A newer schema is well: another node
 * has been upgraded, and migrations keep the version before them running.
 */
@Component
final class MigrationsHealthIndicator implements HealthIndicator {
    private final JdbcClient jdbc;
    private final int startedWith;

    MigrationsHealthIndicator(JdbcClient jdbc) {
        this.jdbc = jdbc;
        this.startedWith = version();
    }

    /** The newest migration that the database has had; 0 when one failed. */
    private int version() {
        return jdbc.sql(
                        """
                        select case when bool_and(success) then max(version::int) else 0 end
                        from flyway_schema_history where version is not null
                        """)
                .query(Integer.class)
                .single();
    }

    @Override
    public Health health() {
        try {
            int version = version();
            return (version >= startedWith ? Health.up() : Health.down())
                    .withDetail("version", version)
                    .withDetail("needed", startedWith)
                    .build();
        } catch (DataAccessException e) {
            return Health.down().build();
        }
    }
}

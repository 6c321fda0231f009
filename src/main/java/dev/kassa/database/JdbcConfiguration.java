package dev.kassa.database;

import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;

/** How all SQL runs: statements and commits whose end is in doubt are never taken for done. */
@Configuration(proxyBeanMethods = false)
class JdbcConfiguration {
    @Bean
    static SqlErrors sqlErrors() {
        return new SqlErrors();
    }

    @Bean
    static JdbcTemplate jdbcTemplate(DataSource dataSource, SqlErrors errors) {
        return new CheckedJdbcTemplate(dataSource, errors);
    }

    @Bean
    static PlatformTransactionManager transactionManager(DataSource dataSource) {
        return new CheckedJdbcTemplate.Transactions(dataSource);
    }
}

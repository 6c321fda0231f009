package dev.kassa.database;

import java.io.Serial;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.DefaultTransactionStatus;

/**
 * Does not take a commit for done that PostgreSQL only warns of: when somebody cancels a session
 * that waits for its synchronous standby, the commit counts as done on this server alone.
 */
final class CheckedJdbcTemplate extends JdbcTemplate {
    /** In the server's own words, which it does not translate for a session in English. */
    private static final String NOT_REPLICATED = "wait for synchronous replication";

    CheckedJdbcTemplate(DataSource dataSource, SqlErrors errors) {
        super(dataSource);
        setExceptionTranslator(errors);
    }

    @Override
    protected void handleWarnings(Statement statement) throws SQLException {
        refuse(statement.getWarnings());
    }

    private static void refuse(@Nullable SQLWarning first) {
        for (SQLWarning warning = first; warning != null; warning = warning.getNextWarning()) {
            String message = String.valueOf(warning.getMessage());
            if (message.contains(NOT_REPLICATED)) {
                throw new CommitInDoubtException(message);
            }
        }
    }

    /** The same for a transaction of several statements. */
    static final class Transactions extends DataSourceTransactionManager {
        @Serial private static final long serialVersionUID = 1L;
        private static final Logger LOG = LoggerFactory.getLogger(Transactions.class);

        Transactions(DataSource dataSource) {
            super(dataSource);
        }

        /** A connection that is gone has no transaction any more: the server undid it. */
        @Override
        protected void doRollback(DefaultTransactionStatus status) {
            try {
                super.doRollback(status);
            } catch (TransactionSystemException e) {
                LOG.debug("nothing to undo", e);
            }
        }

        @Override
        protected void doCommit(DefaultTransactionStatus status) {
            super.doCommit(status);
            Connection connection = DataSourceUtils.getConnection(obtainDataSource());
            try {
                refuse(connection.getWarnings());
            } catch (SQLException e) {
                throw new CommitInDoubtException(
                        "the end of the commit is unknown: " + e.getMessage());
            } finally {
                DataSourceUtils.releaseConnection(connection, obtainDataSource());
            }
        }
    }
}

package dev.kassa.database;

import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.support.SQLExceptionTranslator;
import org.springframework.jdbc.support.SQLStateSQLExceptionTranslator;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;

/**
 * What a failure of the database means: whether it is worth another try, whether the connection is
 * of further use, and above all whether the statement may have been done.
 */
public final class SqlErrors implements SQLExceptionTranslator {
    /** PostgreSQL's states by which it says that it ended the statement, and undid it. */
    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private static final String QUERY_CANCELED = "57014";

    /** On a standby: the connection was made to a primary that has become one. */
    private static final String READ_ONLY = "25006";

    /**
     * The session was ended between two statements, by the time-out of an idle transaction: nothing
     * of the transaction was done.
     */
    private static final Set<String> SESSION_ENDED = Set.of("25P03", "57P05");

    /** The disk is full, or refuses to be written to. */
    private static final Set<String> NO_ROOM = Set.of("53100", "58030");

    private final AtomicBoolean noRoom = new AtomicBoolean();
    private final SQLExceptionTranslator others = new SQLStateSQLExceptionTranslator();

    @Override
    public @Nullable DataAccessException translate(
            String task, @Nullable String sql, SQLException e) {
        String state = String.valueOf(e.getSQLState());
        String message = task + ": " + e.getMessage();
        if (state.equals(LOCK_NOT_AVAILABLE)) {
            return new CannotAcquireLockException(message, e);
        }
        if (state.equals(QUERY_CANCELED)) {
            return new QueryTimeoutException(message, e);
        }
        if (NO_ROOM.contains(state)) {
            noRoom.set(true);
            return new TransientDataAccessResourceException(message, e);
        }
        if (state.equals(READ_ONLY) || SESSION_ENDED.contains(state)) {
            return new TransientDataAccessResourceException(message, e);
        }
        return others.translate(task, sql, e);
    }

    /** Whether a statement found no room on the database's disk since {@link #thereIsRoom}. */
    boolean isWithoutRoom() {
        return noRoom.get();
    }

    /** A write that needs room has succeeded. */
    void thereIsRoom() {
        noRoom.set(false);
    }

    /**
     * Whether a change may have been done although it failed: the connection broke before the
     * answer came, or a commit ended in doubt.
     */
    public static boolean isInDoubt(Exception failure) {
        if (failure instanceof CommitInDoubtException
                || failure instanceof TransactionSystemException) {
            return true;
        }
        if (failure instanceof CannotGetJdbcConnectionException
                || failure instanceof CannotCreateTransactionException) {
            return false;
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException e) {
                String state = String.valueOf(e.getSQLState());
                return state.startsWith("08") || state.startsWith("57P");
            }
        }
        return false;
    }

    /** The cause in one line, without the statement: for the log. */
    public static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = String.valueOf(cause.getMessage());
        return cause.getClass().getSimpleName()
                + ": "
                + message.lines().findFirst().orElse(message).strip();
    }

    /** Whether the connection that this came from leads to where nothing can be written. */
    static boolean isOfNoUse(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return state.equals(READ_ONLY) || SESSION_ENDED.contains(state);
    }
}

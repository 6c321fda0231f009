package dev.kassa.database;

import java.io.Serial;
import org.springframework.dao.DataAccessResourceFailureException;

/**
 * A change that may or may not have been committed, or that is committed here and perhaps on no
 * standby, so that a failover can still lose it. Whoever asked is told that it is unknown; a
 * repetition under the same idempotency key finds out.
 */
final class CommitInDoubtException extends DataAccessResourceFailureException {
    @Serial private static final long serialVersionUID = 1L;

    CommitInDoubtException(String message) {
        super(message);
    }
}

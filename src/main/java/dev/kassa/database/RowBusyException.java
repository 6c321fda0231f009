package dev.kassa.database;

import java.io.Serial;
import org.springframework.dao.TransientDataAccessResourceException;

/** As many as may wait for a row wait for it already. Nothing was written. */
public final class RowBusyException extends TransientDataAccessResourceException {
    @Serial private static final long serialVersionUID = 1L;

    private final transient Object row;

    RowBusyException(Object row) {
        super("enough wait for " + row + " already");
        this.row = row;
    }

    /** What tells the row from others, an id. */
    public Object row() {
        return row;
    }
}

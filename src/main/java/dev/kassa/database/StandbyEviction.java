package dev.kassa.database;

import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.SQLException;

/** Has the pool throw a connection away that has turned out to lead to a standby. */
final class StandbyEviction implements SQLExceptionOverride {
    @java.lang.Override
    public SQLExceptionOverride.Override adjudicate(SQLException e) {
        return SqlErrors.isOfNoUse(e)
                ? SQLExceptionOverride.Override.MUST_EVICT
                : SQLExceptionOverride.Override.CONTINUE_EVICT;
    }
}

package dev.kassa.paging;

import java.util.List;
import java.util.function.UnaryOperator;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/**
 * How a list is read from its table, page by page, newest first.
 *
 * @param columns what is selected
 * @param matching from {@code from} to the end of {@code where}
 * @param id the column that orders what was made in the same moment
 */
public record Listing(String columns, String matching, String id) {
    /** Reads one page; {@code parameters} sets those of columns and matching. */
    public <T> Page<T> read(
            JdbcClient jdbc,
            UnaryOperator<StatementSpec> parameters,
            Paging paging,
            RowMapper<T> mapper) {
        long total =
                parameters
                        .apply(jdbc.sql("select count(*) " + matching))
                        .query(Long.class)
                        .single();
        String select =
                "select "
                        + columns
                        + matching
                        + "order by created_at desc, "
                        + id
                        + " desc "
                        + "limit :limit offset :offset";
        List<T> content =
                parameters
                        .apply(jdbc.sql(select))
                        .param("limit", paging.size())
                        .param("offset", paging.offset())
                        .query(mapper)
                        .list();
        return Page.of(content, total, paging);
    }
}

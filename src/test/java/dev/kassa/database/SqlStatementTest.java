package dev.kassa.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kassa.testing.TestServer;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Parts of a statement that do not fit are found when it is made, not when it runs. */
class SqlStatementTest {
    private static final SqlFragment DOUBLED =
            new SqlFragment(
                    Set.of("given"),
                    Set.of("doubled"),
                    "doubled as (select :factor::int * n as n from given)");

    private static final String GIVEN = "with given as (select :number::int as n),";

    @Test
    void partsThatFitAreOneStatement() {
        SqlStatement statement = SqlStatement.of(GIVEN, List.of(DOUBLED), "select n from doubled");
        int doubled =
                statement
                        .bind(
                                TestServer.shared().jdbc,
                                parameters -> parameters.param("number", 21).param("factor", 2))
                        .query(Integer.class)
                        .single();
        assertThat(doubled).isEqualTo(42);
    }

    @Test
    void aFragmentFindsWhatItNeedsBeforeIt() {
        assertThatThrownBy(() ->
                        SqlStatement.of(
                                "with other as (select 1 as n),",
                                List.of(DOUBLED),
                                "select n from doubled"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("given");
    }

    @Test
    void aNameIsDefinedOnce() {
        SqlFragment again =
                new SqlFragment(Set.of(), Set.of("doubled"), "doubled as (select 1 as n)");
        assertThatThrownBy(() -> SqlStatement.of(GIVEN, List.of(DOUBLED, again), "select 1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("doubled is defined twice");
    }

    @Test
    void aParameterBelongsToOnePart() {
        assertThatThrownBy(() ->
                        SqlStatement.of(GIVEN, List.of(DOUBLED), "select n + :factor from doubled"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("factor");
    }

    @Test
    void eachParameterIsSetOnce() {
        SqlStatement statement = SqlStatement.of(GIVEN, List.of(DOUBLED), "select n from doubled");
        assertThatThrownBy(() ->
                        statement.bind(
                                TestServer.shared().jdbc,
                                values -> values.param("number", 1).param("number", 2)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("number");
        assertThatThrownBy(() ->
                        statement.bind(
                                TestServer.shared().jdbc, values -> values.param("number", 1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("factor");
        assertThatThrownBy(() ->
                        statement.bind(
                                TestServer.shared().jdbc,
                                values ->
                                        values.param("number", 1)
                                                .param("factor", 1)
                                                .param("none", 1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("none");
    }
}

package dev.kassa.payment.simulator;

import dev.kassa.database.Sql;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.SessionId;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * What will go wrong at the simulated acquirer: steps that the next calls use up, in order. Those
 * of a session come before those of its merchant.
 */
@Component
@ConditionalOnProperty(name = "kassa.mode", havingValue = "PLAYGROUND")
public final class FaultScript {
    /** The CTE that takes the next step for a call; parameters as of {@code SimulatedAcquirer}. */
    static final String NEXT =
            """
            fault as (
                delete from simulator_fault where fault_id = (
                    select fault_id from simulator_fault
                    where merchant_id = :merchant_id
                        and (session_id = :session_id or session_id is null)
                        and (call = :call or call is null)
                    order by session_id nulls last, fault_id limit 1
                    for update skip locked)
                returning fault, delay_ms
            )
            """;

    private final JdbcClient jdbc;

    FaultScript(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Replaces the steps of a session, or with null those that any of the merchant's may take. */
    public void replace(MerchantId merchant, @Nullable SessionId session, List<FaultStep> steps) {
        jdbc.sql(
                        """
                        with gone as (
                            delete from simulator_fault where merchant_id = :merchant_id
                                and session_id is not distinct from :session_id::uuid
                        )
                        insert into simulator_fault (merchant_id, session_id, call, fault, delay_ms)
                        select :merchant_id, :session_id::uuid, call, fault, delay_ms
                        from unnest(:calls::text[], :faults::text[], :delays_ms::integer[])
                            with ordinality as step (call, fault, delay_ms, nth)
                        order by nth
                        """)
                .param("merchant_id", merchant.value())
                .param("session_id", session == null ? null : session.value())
                .param("calls", Sql.column(steps, FaultScript::call))
                .param("faults", Sql.column(steps, FaultStep::fault))
                .param("delays_ms", Sql.column(steps, FaultStep::delayMs))
                .update();
    }

    private static @Nullable String call(FaultStep step) {
        return step.call() == null ? null : step.call().name();
    }

    /** The steps not used up yet, in order. */
    public List<FaultStep> left(MerchantId merchant, @Nullable SessionId session) {
        return jdbc.sql(
                        """
                        select call, fault, delay_ms from simulator_fault
                        where merchant_id = :merchant_id
                            and session_id is not distinct from :session_id::uuid
                        order by fault_id
                        """)
                .param("merchant_id", merchant.value())
                .param("session_id", session == null ? null : session.value())
                .query((row, n) -> {
                    String call = Sql.textOrNull(row, "call");
                    return new FaultStep(
                            call == null ? null : ProviderFault.Call.valueOf(call),
                            ProviderFault.valueOf(Sql.text(row, "fault")),
                            row.getInt("delay_ms"));
                })
                .list();
    }
}

package dev.kassa.support;

import dev.kassa.database.Sql;
import dev.kassa.kernel.MerchantId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;

/** What a merchant has sold today: by hour, by location and by how it was paid. */
@Service
public final class DaySales {
    /** Of a day; when the clocks are turned back two stand in one. */
    private static final int HOURS = 24;

    private final JdbcClient jdbc;
    private final InstantSource clock;

    DaySales(JdbcClient jdbc, InstantSource clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** So much of one kind; {@code amount} in minor units. */
    public record Part(String name, long amount, long count) {}

    /**
     * What was sold in one currency.
     *
     * @param hours 24, from midnight on, named by their numbers
     * @param locations the largest first
     * @param methods the largest first, by their names on the wire
     */
    public record Sales(
            String currency,
            long amount,
            long count,
            List<Part> hours,
            List<Part> locations,
            List<Part> methods) {
        /** The most that was sold in an hour. */
        public long busiest() {
            return hours.stream().mapToLong(Part::amount).max().orElse(0);
        }
    }

    private record Row(
            String currency,
            @Nullable Integer hour,
            @Nullable String location,
            @Nullable String method,
            long amount,
            long count) {}

    /** Of the sessions that were created since midnight there and are paid, by currency. */
    public List<Sales> today(MerchantId merchant, ZoneId zone) {
        Instant midnight = Sql.now(clock).atZone(zone).toLocalDate().atStartOfDay(zone).toInstant();
        Map<String, List<Row>> byCurrency = new LinkedHashMap<>();
        for (Row row : rows(merchant, zone, midnight)) {
            byCurrency.computeIfAbsent(row.currency(), _ -> new ArrayList<>()).add(row);
        }
        return byCurrency.entrySet().stream()
                .map(entry -> sales(entry.getKey(), entry.getValue()))
                .toList();
    }

    private List<Row> rows(MerchantId merchant, ZoneId zone, Instant midnight) {
        return jdbc.sql(
                        """
                        select purchase_currency, hour, location, method,
                            sum(order_amount)::bigint as amount, count(*) as count
                        from (
                            select session.purchase_currency, session.order_amount,
                                extract(hour from session.created_at at time zone :zone)::int as hour,
                                location.name as location, orders.payment_method as method
                            from session join orders on orders.order_id = session.order_id
                                and orders.merchant_id = session.merchant_id
                                left join location on location.location_id = session.location_id
                                and location.merchant_id = session.merchant_id
                            where session.merchant_id = :merchant_id
                                and session.status = 'FINALIZED' and session.session_id > :first
                                and session.created_at >= :midnight) sale
                        group by purchase_currency, grouping sets ((hour), (location), (method))
                        order by purchase_currency, amount desc, hour, location, method
                        """)
                .param("merchant_id", merchant.value())
                .param("zone", zone.getId())
                .param("midnight", Sql.at(midnight))
                .param("first", before(midnight))
                .query((row, n) ->
                        new Row(
                                Sql.text(row, "purchase_currency"),
                                row.getObject("hour", Integer.class),
                                Sql.textOrNull(row, "location"),
                                Sql.textOrNull(row, "method"),
                                row.getLong("amount"),
                                row.getLong("count")))
                .list();
    }

    /** An id below those of that moment, which ids of version 7 begin with; RFC 9562. */
    private static UUID before(Instant time) {
        return new UUID(time.minus(Duration.ofMinutes(1)).toEpochMilli() << 16, 0);
    }

    private static Sales sales(String currency, List<Row> rows) {
        Part[] hours = new Part[HOURS];
        for (int hour = 0; hour < HOURS; hour++) {
            hours[hour] = new Part(Integer.toString(hour), 0, 0);
        }
        List<Part> locations = new ArrayList<>();
        List<Part> methods = new ArrayList<>();
        long amount = 0;
        long count = 0;
        for (Row row : rows) {
            if (row.hour() != null) {
                hours[row.hour()] =
                        new Part(Integer.toString(row.hour()), row.amount(), row.count());
                amount += row.amount();
                count += row.count();
            } else if (row.location() != null) {
                locations.add(new Part(row.location(), row.amount(), row.count()));
            } else if (row.method() != null) {
                methods.add(new Part(row.method(), row.amount(), row.count()));
            }
        }
        return new Sales(
                currency,
                amount,
                count,
                List.of(hours),
                List.copyOf(locations),
                List.copyOf(methods));
    }
}

package dev.kassa.portal;

import dev.kassa.kernel.Limits;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.apache.commons.csv.QuoteMode;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;

/**
 * A list as a file of CSV by RFC 4180, in UTF-8 with the mark by which Excel knows it. It is read
 * and sent batch by batch, up to {@link Limits#EXPORT_LINES}.
 */
final class CsvExport {
    private static final int BATCH = 500;

    /** Every text is quoted, so that none is taken for a number. */
    private static final CSVFormat FORMAT =
            CSVFormat.RFC4180.builder().setQuoteMode(QuoteMode.NON_NUMERIC).build();

    /**
     * With one of these a spreadsheet takes a text for a formula, which could fetch or send
     * something; the last four are those of Asian keyboards.
     */
    private static final String FORMULA = "=+-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20";

    private CsvExport() {}

    /** Reads on behind a line; the first time behind none. */
    interface Batches<T> {
        List<T> after(@Nullable T last, int limit);
    }

    /**
     * Answers with the file.
     *
     * @param name of the file, of letters and hyphens
     * @param cells of one line; numbers are written as such
     */
    static <T> void write(
            HttpServletResponse response,
            String name,
            List<String> columns,
            Batches<T> batches,
            Function<T, List<?>> cells)
            throws IOException {
        List<T> batch = batches.after(null, BATCH);
        response.setContentType("text/csv;charset=utf-8");
        response.setHeader(
                HttpHeaders.CONTENT_DISPOSITION,
                ContentDisposition.attachment()
                        .filename("kassa-" + name + ".csv")
                        .build()
                        .toString());
        write(response.getOutputStream(), columns, batch, batches, cells);
    }

    /** Writes the file, behind a batch that was read before anything was answered. */
    static <T> void write(
            OutputStream stream,
            List<String> columns,
            List<T> first,
            Batches<T> batches,
            Function<T, List<?>> cells)
            throws IOException {
        try (Writer out = new OutputStreamWriter(stream, StandardCharsets.UTF_8);
                CSVPrinter csv = new CSVPrinter(out, FORMAT)) {
            out.write('\uFEFF');
            csv.printRecord(columns);
            int lines = 0;
            List<T> batch = first;
            while (!batch.isEmpty()) {
                for (T line : batch) {
                    csv.printRecord(harmless(cells.apply(line)));
                }
                lines += batch.size();
                int left = Limits.EXPORT_LINES - lines;
                batch =
                        batch.size() < BATCH || left <= 0
                                ? List.of()
                                : batches.after(batch.getLast(), Math.min(BATCH, left));
            }
        }
    }

    /** A moment with the offset of this zone; null of none. */
    static @Nullable String time(@Nullable Instant time, ZoneId zone) {
        return time == null
                ? null
                : DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(time.atZone(zone));
    }

    /** Major units as a plain number. */
    static BigDecimal amount(long minor, String currency) {
        return BigDecimal.valueOf(minor, PortalFormats.digits(currency));
    }

    private static List<@Nullable Object> harmless(List<?> cells) {
        List<@Nullable Object> harmless = new ArrayList<>();
        for (Object cell : cells) {
            harmless.add(cell == null || cell instanceof Number ? cell : harmless(cell.toString()));
        }
        return harmless;
    }

    private static String harmless(String text) {
        return !text.isEmpty() && FORMULA.indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
    }
}

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Makes of the figures of all benches a table, the same as JSON, and two plots. Of a figure that was
 * measured several times it takes the median and says how far apart they were.
 */
final class Report {
    /** A figure that is to be reached: of which bench, at which x, and the least or the most. */
    private record Goal(
            String what, String bench, String x, String metric, boolean least, double value) {}

    private static final List<Goal> GOALS =
            List.of(
                    new Goal("create / pgbench, 32 clients", "create", "32", "ratio", true, 0.75),
                    new Goal("create p99 at saturation, 32 clients (ms)", "create", "32", "p99", false, 15),
                    new Goal("create p99 at 1,000/s (ms)", "create-latency", "1000/s", "p99", false, 5),
                    new Goal("GET session (/s)", "read", "32", "kassa", true, 15_000),
                    new Goal("whole payments (/s)", "payment", "max", "per second", true, 1_000),
                    new Goal("dispatch p50 (ms)", "dispatch", "200", "p50", false, 5),
                    new Goal("dispatch p99 (ms)", "dispatch", "200", "p99", false, 25),
                    new Goal("webhooks (/s)", "webhooks", "alone", "per second", true, 3_000),
                    new Goal("webhooks, alone / beside 10 hanging", "webhooks", "beside", "slowdown", false, 1.5),
                    new Goal("CPU of a payment, beside others / alone", "growth", "others", "CPU ratio", false, 1.1),
                    new Goal("start to the first 200, prepared (s)", "start", "prepared", "seconds to 200", false, 5),
                    new Goal("resident after load (MB)", "start", "MB", "resident after load", false, 450),
                    new Goal("create, 0 / 10 million stored", "history", "10", "create slowdown", false, 1.2),
                    new Goal("GET, 0 / 10 million stored", "history", "10", "get slowdown", false, 1.2));

    private record Key(String bench, String x, String metric) {}

    private final Map<Key, List<Double>> figures = new LinkedHashMap<>();

    private Report(Path file) throws IOException {
        for (String line : Files.readAllLines(file)) {
            String[] part = line.split("\t");
            if (!part[0].isEmpty()) {
                add(part[0], part[1], part[2], Double.parseDouble(part[3]));
            }
        }
        for (String kind : List.of("create", "get")) {
            Double empty = median("history", "0", kind);
            for (String millions : List.of("1", "10")) {
                Double full = median("history", millions, kind);
                if (empty != null && full != null) {
                    add("history", millions, kind + " slowdown", empty / full);
                }
            }
        }
    }

    private void add(String bench, String x, String metric, double value) {
        figures.computeIfAbsent(new Key(bench, x, metric), key -> new ArrayList<>()).add(value);
    }

    private Double median(String bench, String x, String metric) {
        List<Double> values = figures.get(new Key(bench, x, metric));
        return values == null ? null : median(values);
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1
                ? sorted.get(middle)
                : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value);
    }

    private String table(List<String> machine) {
        StringBuilder out = new StringBuilder();
        machine.forEach(line -> out.append(line).append('\n'));
        out.append("\n| To reach | Reach | Measured | |\n|---|---|---|---|\n");
        for (Goal goal : GOALS) {
            Double value = median(goal.bench, goal.x, goal.metric);
            if (value != null) {
                boolean met = goal.least ? value >= goal.value : value <= goal.value;
                out.append("| " + goal.what + " | " + (goal.least ? "≥ " : "≤ ") + number(goal.value)
                        + " | " + number(value) + " | " + (met ? "met" : "**missed**") + " |\n");
            }
        }
        out.append("\n| Bench | at | Figure | Median | Least | Most | Rounds |\n|---|---|---|---|---|---|---|\n");
        figures.forEach(
                (key, values) ->
                        out.append("| " + key.bench + " | " + key.x + " | " + key.metric + " | "
                                + number(median(values)) + " | "
                                + number(values.stream().min(Double::compare).orElseThrow()) + " | "
                                + number(values.stream().max(Double::compare).orElseThrow()) + " | "
                                + values.size() + " |\n"));
        return out.toString();
    }

    private String json(List<String> machine) {
        StringBuilder out = new StringBuilder("{\"machine\": [");
        for (int i = 0; i < machine.size(); i++) {
            out.append(i == 0 ? "" : ", ").append('"').append(machine.get(i).replace("\"", "'")).append('"');
        }
        out.append("],\n \"figures\": [");
        boolean first = true;
        for (Map.Entry<Key, List<Double>> one : figures.entrySet()) {
            Key key = one.getKey();
            out.append(first ? "\n" : ",\n");
            out.append(String.format(Locale.ROOT,
                    "  {\"bench\": \"%s\", \"at\": \"%s\", \"figure\": \"%s\", \"median\": %.4f, \"rounds\": %s}",
                    key.bench, key.x, key.metric, median(one.getValue()), one.getValue()));
            first = false;
        }
        return out.append("\n ]}\n").toString();
    }

    /** Lines over a logarithmic y axis; the x values of all lines at equal distances. */
    private static String plot(String title, String unit, Map<String, Map<Double, Double>> lines) {
        TreeMap<Double, Integer> columns = new TreeMap<>();
        lines.values().forEach(line -> line.keySet().forEach(x -> columns.put(x, 0)));
        int n = 0;
        for (Map.Entry<Double, Integer> column : columns.entrySet()) {
            column.setValue(n++);
        }
        double most = lines.values().stream().flatMap(l -> l.values().stream()).max(Double::compare).orElse(1.0);
        double least = lines.values().stream().flatMap(l -> l.values().stream()).min(Double::compare).orElse(1.0);
        int low = (int) Math.floor(Math.log10(least));
        int high = (int) Math.ceil(Math.log10(most));
        int count = columns.size();
        StringBuilder svg = new StringBuilder(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 720 400\" font-family=\"sans-serif\" font-size=\"12\">\n"
                        + "<rect width=\"720\" height=\"400\" fill=\"white\"/><text x=\"60\" y=\"20\" font-size=\"15\">"
                        + title + "</text>\n");
        for (int power = low; power <= high; power++) {
            double y = y(Math.pow(10, power), low, high);
            svg.append(String.format(Locale.ROOT,
                    "<path d=\"M60 %.0fH560\" stroke=\"#ddd\"/><text x=\"54\" y=\"%.0f\" text-anchor=\"end\">%s %s</text>%n",
                    y, y + 4, number(Math.pow(10, power)), unit));
        }
        columns.forEach((x, i) ->
                svg.append(String.format(Locale.ROOT,
                        "<text x=\"%.0f\" y=\"375\" text-anchor=\"middle\">%s</text>%n",
                        x(i, count), number(x).replace(".00", "").replace(".0", ""))));
        String[] colours = {"#0b57d0", "#b3261e", "#146c2e", "#8430ce", "#e37400", "#5f6368"};
        int i = 0;
        for (Map.Entry<String, Map<Double, Double>> line : lines.entrySet()) {
            String colour = colours[i % colours.length];
            StringBuilder path = new StringBuilder();
            new TreeMap<>(line.getValue()).forEach((x, v) ->
                    path.append(path.isEmpty() ? "M" : "L").append(String.format(Locale.ROOT,
                            "%.1f %.1f", x(columns.get(x), count), y(v, low, high))));
            svg.append(String.format(Locale.ROOT,
                    "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>"
                            + "<text x=\"575\" y=\"%d\" fill=\"%s\">%s</text>%n",
                    path, colour, 50 + 18 * i, colour, line.getKey()));
            i++;
        }
        return svg.append("</svg>\n").toString();
    }

    private static double x(int column, int count) {
        return 80 + (count < 2 ? 0 : column * 460.0 / (count - 1));
    }

    private static double y(double value, int low, int high) {
        return 355 - (Math.log10(value) - low) / Math.max(1, high - low) * 315;
    }

    private Map<String, Map<Double, Double>> latency() {
        Map<String, Map<Double, Double>> lines = new LinkedHashMap<>();
        for (String bench : List.of("create", "payment")) {
            for (String share : List.of("p50", "p99", "p99.9")) {
                figures.forEach((key, values) -> {
                    if (key.bench.equals(bench + "-latency") && key.metric.equals(share) && key.x.endsWith("/s")) {
                        lines.computeIfAbsent(bench + " " + share, k -> new TreeMap<>())
                                .put(Double.parseDouble(key.x.replace("/s", "")), median(values));
                    }
                });
            }
        }
        return lines;
    }

    private Map<String, Map<Double, Double>> history() {
        Map<String, Map<Double, Double>> lines = new LinkedHashMap<>();
        figures.forEach((key, values) -> {
            if (key.bench.equals("history") && !key.metric.endsWith("slowdown")) {
                lines.computeIfAbsent(key.metric, k -> new TreeMap<>())
                        .put(Double.parseDouble(key.x), 1e6 / median(values));
            }
        });
        return lines;
    }

    /** Arguments: the figures, the folder to write to, and lines about the machine. */
    public static void main(String[] args) throws IOException {
        Report report = new Report(Path.of(args[0]));
        Path folder = Files.createDirectories(Path.of(args[1]));
        List<String> machine = List.of(args).subList(2, args.length);
        String table = report.table(machine);
        Files.writeString(folder.resolve("results.md"), table);
        Files.writeString(folder.resolve("results.json"), report.json(machine));
        Files.writeString(
                folder.resolve("latency.svg"),
                plot("Latency against requests per second", "ms", report.latency()));
        Files.writeString(
                folder.resolve("history.svg"),
                plot("Time of a request at saturation against million sessions stored", "µs", report.history()));
        System.out.print(table);
    }
}

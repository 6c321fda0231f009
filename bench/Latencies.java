import java.util.Arrays;
import java.util.Locale;

/** Times of many requests in nanoseconds, and what share of them took how long. */
final class Latencies {
    private long[] nanos = new long[1 << 16];
    private int size;

    synchronized void add(long took) {
        if (size == nanos.length) {
            nanos = Arrays.copyOf(nanos, size * 2);
        }
        nanos[size++] = took;
    }

    synchronized int size() {
        return size;
    }

    /** The time in milliseconds within which {@code share} of the requests ended. */
    synchronized double at(double share) {
        long[] sorted = Arrays.copyOf(nanos, size);
        Arrays.sort(sorted);
        return sorted[(int) Math.min(size - 1L, (long) (size * share))] / 1e6;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "p50 %.2f ms, p90 %.2f ms, p99 %.2f ms, p99.9 %.2f ms, max %.2f ms",
                at(0.5), at(0.9), at(0.99), at(0.999), at(1));
    }
}

package dev.kassa.http;

import dev.kassa.kernel.Limits;
import java.time.Duration;

/**
 * What the operator may set of the HTTP server.
 *
 * @param connections open at once; further ones wait
 * @param connectionsPerAddress open at once from one address; 0: as many as there are in all
 * @param receiveTimeout for the headers of a request, and again for its body
 */
public record HttpSettings(int connections, int connectionsPerAddress, Duration receiveTimeout) {
    /** As many connections as fit the heap beside everything else, up to the most there may be. */
    public static int connectionsOfTheHeap() {
        long fit = Runtime.getRuntime().maxMemory() / Limits.HEAP_PER_CONNECTION;
        return (int) Math.min(Limits.CONNECTIONS, fit);
    }
}

package dev.kassa.http;

import dev.kassa.kernel.Limits;
import dev.kassa.kernel.Network;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/**
 * What the operator may set of the HTTP server.
 *
 * @param connections open at once; further ones wait
 * @param connectionsPerAddress open at once from one address; 0: as many as there are in all
 * @param receiveTimeout for the headers of a request, and again for its body
 * @param proxies where proxies are whose word on the client's address, scheme and host is taken
 */
public record HttpSettings(
        int connections,
        int connectionsPerAddress,
        Duration receiveTimeout,
        List<Network> proxies) {
    /** Whether this is one of the proxies. */
    boolean isProxy(InetAddress address) {
        return proxies.stream().anyMatch(network -> network.contains(address));
    }

    /** As many connections as fit the heap beside everything else, up to the most there may be. */
    public static int connectionsOfTheHeap() {
        long fit = Runtime.getRuntime().maxMemory() / Limits.HEAP_PER_CONNECTION;
        return (int) Math.min(Limits.CONNECTIONS, fit);
    }
}

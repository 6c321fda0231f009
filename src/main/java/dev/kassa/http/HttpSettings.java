package dev.kassa.http;

import dev.kassa.kernel.Limits;
import dev.kassa.kernel.Network;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the operator may set of the HTTP server.
 *
 * @param connections open at once; further ones wait
 * @param connectionsPerAddress open at once from one address; 0: as many as there are in all
 * @param receiveTimeout for the headers of a request, and again for its body
 * @param proxies where proxies are whose word on the client's address, scheme and host is taken
 * @param tls null for plain HTTP
 */
public record HttpSettings(
        int connections,
        int connectionsPerAddress,
        Duration receiveTimeout,
        List<Network> proxies,
        @Nullable TlsFiles tls) {
    /** Whether this is one of the proxies. */
    boolean isProxy(InetAddress address) {
        return proxies.stream().anyMatch(network -> network.contains(address));
    }

    /** As many connections as fit the heap beside everything else, up to the most there may be. */
    public static int connectionsOfTheHeap(boolean tls) {
        long fit =
                Runtime.getRuntime().maxMemory()
                        / (tls ? Limits.HEAP_PER_TLS_CONNECTION : Limits.HEAP_PER_CONNECTION);
        return (int) Math.min(Limits.CONNECTIONS, fit);
    }
}

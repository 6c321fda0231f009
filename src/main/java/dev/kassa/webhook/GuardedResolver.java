package dev.kassa.webhook;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hc.client5.http.DnsResolver;

/**
 * Resolves a name once for each connection and checks every address. The client connects to these
 * very addresses, so a name that answers differently the next time (DNS rebinding) gains nothing.
 *
 * <p>Look-ups run on threads of the platform: the system's resolver blocks the carrier of a virtual
 * thread, and a name server that hangs would hold up the whole process.
 */
final class GuardedResolver implements DnsResolver, AutoCloseable {
    /** Look-ups at once; made when needed and gone when idle. */
    private static final int THREADS = 64;

    private static final long TIMEOUT_SECONDS = 5;

    private final DnsResolver resolver;
    private final AddressGuard guard;
    private final ThreadPoolExecutor threads =
            new ThreadPoolExecutor(
                    THREADS,
                    THREADS,
                    30,
                    TimeUnit.SECONDS,
                    new LinkedBlockingQueue<>(),
                    Thread.ofPlatform().daemon().name("webhook-dns-", 0).factory());

    GuardedResolver(DnsResolver resolver, AddressGuard guard) {
        this.resolver = resolver;
        this.guard = guard;
        threads.allowCoreThreadTimeOut(true);
    }

    /** A name leads where webhooks may not go. */
    static final class Forbidden extends UnknownHostException {
        private static final long serialVersionUID = 1L;

        Forbidden(String host) {
            super(host + " is not an address of the public internet");
        }
    }

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        InetAddress[] addresses =
                AddressGuard.literal(host).map(a -> new InetAddress[] {a}).orElse(null);
        if (addresses == null) {
            addresses = lookUp(host);
        }
        for (InetAddress address : addresses) {
            if (!guard.allows(address)) {
                throw new Forbidden(host);
            }
        }
        return addresses;
    }

    private InetAddress[] lookUp(String host) throws UnknownHostException {
        Future<InetAddress[]> answer = threads.submit(() -> resolver.resolve(host));
        try {
            return answer.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw unknown(host + ": no answer from the name server", e);
        } catch (ExecutionException e) {
            throw unknown(host, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unknown(host, e);
        } finally {
            var _ = answer.cancel(true);
        }
    }

    private static UnknownHostException unknown(String message, Exception cause) {
        UnknownHostException unknown = new UnknownHostException(message);
        unknown.initCause(cause);
        return unknown;
    }

    @Override
    public String resolveCanonicalHostname(String host) {
        return host;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}

package dev.kassa.signin;

import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** Tells a browser on the server's own machine from everybody else. */
public final class LocalRequests {
    private LocalRequests() {}

    /**
     * Whether it comes from loopback, for a host that is loopback by name (another name may be that
     * of somebody's web site that leads here), and through no proxy.
     */
    public static boolean isLocal(HttpServletRequest request) {
        String host = request.getServerName();
        boolean named =
                host.equals("localhost") || host.equals("127.0.0.1") || host.equals("[::1]");
        try {
            return named
                    && InetAddress.getByName(request.getRemoteAddr()).isLoopbackAddress()
                    && request.getHeader("Forwarded") == null
                    && request.getHeader("X-Forwarded-For") == null;
        } catch (UnknownHostException e) {
            return false;
        }
    }
}

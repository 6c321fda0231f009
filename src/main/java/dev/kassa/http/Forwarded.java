package dev.kassa.http;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.jspecify.annotations.Nullable;

/**
 * Who sent a request that came through proxies, and under which scheme and host: {@code Forwarded}
 * (RFC 7239), or else {@code X-Forwarded-For}, {@code -Proto} and {@code -Host}. Only proxies that
 * the operator trusts are believed: each adds what it saw at the end, so the list is read from its
 * end to the first address that is none of theirs. What stands before that is anybody's word.
 */
final class Forwarded extends ValveBase {
    private static final Pattern PAIR =
            Pattern.compile(
                    "([!#$%&'*+.^_`|~\\w-]+)\\s*=\\s*(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^;,\\s]*))");

    private static final Pattern HOST =
            Pattern.compile("([A-Za-z0-9._-]{1,253}|\\[[0-9A-Fa-f:.]+])(?::(\\d{1,5}))?");

    private static final String HTTPS = "https";

    private final HttpSettings settings;

    Forwarded(HttpSettings settings) {
        super(true);
        this.settings = settings;
    }

    /** What one proxy says of whoever it was called by; empty where it does not. */
    private record Hop(String client, String scheme, String host) {}

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        InetAddress peer = address(request.getRemoteAddr());
        if (peer != null && settings.isProxy(peer)) {
            List<Hop> hops = standard(request);
            apply(hops.isEmpty() ? older(request) : hops, request);
        }
        getNext().invoke(request, response);
    }

    private void apply(List<Hop> hops, Request request) {
        for (Hop hop : hops.reversed()) {
            tell(hop, request);
            InetAddress client = address(hop.client);
            if (client == null) {
                return;
            }
            request.setRemoteAddr(client.getHostAddress());
            request.setRemoteHost(client.getHostAddress());
            if (!settings.isProxy(client)) {
                return;
            }
        }
    }

    private static void tell(Hop hop, Request request) {
        String scheme = hop.scheme.toLowerCase(Locale.ROOT);
        boolean known = scheme.equals(HTTPS) || scheme.equals("http");
        if (known) {
            request.getCoyoteRequest().scheme().setString(scheme);
            request.setSecure(scheme.equals(HTTPS));
        }
        Matcher host = HOST.matcher(hop.host);
        if (host.matches()) {
            request.getCoyoteRequest().serverName().setString(host.group(1));
        }
        if (host.matches() && host.group(2) != null) {
            request.setServerPort(Integer.parseInt(host.group(2)));
        } else if (host.matches() || known) {
            request.setServerPort(HTTPS.equals(request.getScheme()) ? 443 : 80);
        }
    }

    private static List<Hop> standard(Request request) {
        List<Hop> hops = new ArrayList<>();
        for (String element : list(request, "Forwarded")) {
            String client = "";
            String scheme = "";
            String host = "";
            Matcher pair = PAIR.matcher(element);
            while (pair.find()) {
                String value = pair.group(2) == null ? pair.group(3) : pair.group(2);
                switch (pair.group(1).toLowerCase(Locale.ROOT)) {
                    case "for" -> client = value;
                    case "proto" -> scheme = value;
                    case "host" -> host = value;
                    default -> {
                        // "by": the proxy itself, which is known.
                    }
                }
            }
            hops.add(new Hop(client, scheme, host));
        }
        return hops;
    }

    /** Scheme and host are those that the nearest proxy wrote. */
    private static List<Hop> older(Request request) {
        List<String> clients = list(request, "X-Forwarded-For");
        String scheme = last(list(request, "X-Forwarded-Proto"));
        String host = last(list(request, "X-Forwarded-Host"));
        if (clients.isEmpty()) {
            return scheme.isEmpty() && host.isEmpty()
                    ? List.of()
                    : List.of(new Hop("", scheme, host));
        }
        return clients.stream().map(client -> new Hop(client, scheme, host)).toList();
    }

    private static String last(List<String> values) {
        return values.isEmpty() ? "" : values.getLast();
    }

    /** The elements of a list that may stand in several headers. */
    private static List<String> list(Request request, String header) {
        List<String> elements = new ArrayList<>();
        for (String value : Collections.list(request.getHeaders(header))) {
            for (String element : value.split(",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", -1)) {
                if (!element.isBlank()) {
                    elements.add(element.strip());
                }
            }
        }
        return elements;
    }

    /** An address with or without a port; nothing where it is hidden or no address. */
    private static @Nullable InetAddress address(String text) {
        String bare =
                text.startsWith("[")
                        ? text.replaceFirst("^\\[([^]]*)](?::\\d+)?$", "$1")
                        : text.replaceFirst("^([\\d.]+):\\d+$", "$1");
        try {
            return InetAddress.ofLiteral(bare);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}

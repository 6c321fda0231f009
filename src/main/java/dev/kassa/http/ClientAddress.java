package dev.kassa.http;

import java.net.InetAddress;
import java.util.List;

/** Whom limits per address count as one. */
public final class ClientAddress {
    private static final int NETWORK_GROUPS = 4;
    private static final int SITE_GROUPS = 3;

    private ClientAddress() {}

    /** The address itself; of IPv6 its /64, which every customer has whole. */
    public static String network(String address) {
        return prefix(address, NETWORK_GROUPS);
    }

    /** The address itself; of IPv6 its /48, which a larger customer may have whole. */
    public static String site(String address) {
        return prefix(address, SITE_GROUPS);
    }

    static String network(InetAddress address) {
        return network(address.getHostAddress());
    }

    /** Java and Tomcat write all eight groups of an address. */
    private static String prefix(String address, int groups) {
        List<String> parts = List.of(address.split(":", -1));
        return parts.size() > groups && !address.contains("::")
                ? String.join(":", parts.subList(0, groups))
                : address.replaceFirst("::.*", "::");
    }
}

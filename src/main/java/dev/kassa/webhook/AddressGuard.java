package dev.kassa.webhook;

import dev.kassa.kernel.Network;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which addresses a webhook may be sent to. In production only those of the public internet, and
 * those the operator allows by name: a merchant chooses the URL, and must not reach the operator's
 * own network through it.
 */
final class AddressGuard {
    /** Special-purpose blocks of the IANA registry, and a cloud's metadata service. */
    private static final List<Network> REFUSED_V4 =
            networks(
                    "0.0.0.0/8",
                    "10.0.0.0/8",
                    "100.64.0.0/10",
                    "127.0.0.0/8",
                    "168.63.129.16/32",
                    "169.254.0.0/16",
                    "172.16.0.0/12",
                    "192.0.0.0/24",
                    "192.0.2.0/24",
                    "192.31.196.0/24",
                    "192.52.193.0/24",
                    "192.88.99.0/24",
                    "192.168.0.0/16",
                    "192.175.48.0/24",
                    "198.18.0.0/15",
                    "198.51.100.0/24",
                    "203.0.113.0/24",
                    "224.0.0.0/3");

    /** The only block of IPv6 that is routed publicly, and what is special within it. */
    private static final Network GLOBAL_V6 = Network.parse("2000::/3");

    private static final List<Network> REFUSED_V6 =
            networks("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20");

    /** An IPv4 address behind a translator: it is the last four bytes that decide. */
    private static final Network NAT64 = Network.parse("64:ff9b::/96");

    private final boolean open;
    private final List<Network> allowed;

    private AddressGuard(boolean open, List<Network> allowed) {
        this.open = open;
        this.allowed = allowed;
    }

    /** Lets everything pass: for the playground. */
    static AddressGuard open() {
        return new AddressGuard(true, List.of());
    }

    /** Lets the public internet pass, and {@code allowed}. */
    static AddressGuard publicAnd(List<Network> allowed) {
        return new AddressGuard(false, allowed);
    }

    private static List<Network> networks(String... blocks) {
        return Stream.of(blocks).map(Network::parse).toList();
    }

    boolean allows(InetAddress address) {
        return open
                || allowed.stream().anyMatch(network -> network.contains(address))
                || isPublic(address);
    }

    private static boolean isPublic(InetAddress address) {
        if (address instanceof Inet4Address) {
            return REFUSED_V4.stream().noneMatch(network -> network.contains(address));
        }
        if (NAT64.contains(address)) {
            return isPublic(lastFourBytes(address));
        }
        return GLOBAL_V6.contains(address)
                && REFUSED_V6.stream().noneMatch(network -> network.contains(address));
    }

    private static InetAddress lastFourBytes(InetAddress address) {
        byte[] bytes = address.getAddress();
        try {
            return InetAddress.getByAddress(Arrays.copyOfRange(bytes, 12, 16));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }

    /** The address that a URL's host is, if it is one and not a name. Asks no name server. */
    static Optional<InetAddress> literal(String host) {
        try {
            return Optional.of(InetAddress.ofLiteral(host.replaceAll("^\\[|]$", "")));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}

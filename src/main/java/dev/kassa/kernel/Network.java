package dev.kassa.kernel;

import java.net.InetAddress;

/**
 * A block of addresses.
 *
 * @param bits how many of the address' first bits all of them share
 */
public record Network(InetAddress address, int bits) {
    /** Reads {@code 10.1.0.0/16} or a single address; else {@link IllegalArgumentException}. */
    public static Network parse(String text) {
        int slash = text.indexOf('/');
        InetAddress address = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash));
        int most = address.getAddress().length * 8;
        int bits = slash < 0 ? most : Integer.parseInt(text.substring(slash + 1));
        if (bits < 0 || bits > most) {
            throw new IllegalArgumentException("a prefix of 0 to " + most + " bits");
        }
        return new Network(address, bits);
    }

    /** Whether {@code other} is one of them. */
    public boolean contains(InetAddress other) {
        byte[] mine = address.getAddress();
        byte[] theirs = other.getAddress();
        if (mine.length != theirs.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> (bit % 8);
            if ((mine[bit / 8] & mask) != (theirs[bit / 8] & mask)) {
                return false;
            }
        }
        return true;
    }
}

package dev.kassa.access;

import java.util.Locale;

/**
 * Who does something: a kind and the name of one of it.
 *
 * @param name an API key's user name, a device's id, a person's e-mail address, a provider's name;
 *     never a secret
 */
public record Actor(Kind kind, String name) {
    /** Kassa itself: what happens because time has passed. */
    public static final Actor KASSA = new Actor(Kind.KASSA, "kassa");

    /** Of what kind somebody is. */
    public enum Kind {
        API_KEY,
        DEVICE,
        /** A person who uses the portal. */
        USER,
        /** A person at the command line of a server. */
        OPERATOR,
        /** A payment provider that called. */
        PROVIDER,
        /** Whoever needs no credential: a shopper, a phone that pairs. */
        ANYONE,
        KASSA
    }

    /** Both in one text, {@code api_key:K1234-abc}, as the audit log has it. */
    public String written() {
        return kind.name().toLowerCase(Locale.ROOT) + ":" + name;
    }
}

package dev.kassa.kernel;

import java.time.Duration;

/** Every limit on what a caller may send, with its unit. Checked before any work is done. */
public final class Limits {
    /** Bytes of a request body, where the operation names no other limit. */
    public static final int BODY_BYTES = 16 << 10;

    /** Bytes of a body with metadata: {@link #METADATA_KEYS} entries as long as they may be. */
    public static final int METADATA_BODY_BYTES = 128 << 10;

    /** Bytes of the body that opens a session: its cart, {@code merchant_data}, blanks. */
    public static final int SESSION_BODY_BYTES = 256 << 10;

    /** Bytes of a body with {@code order_lines}, which shops send with links and notes. */
    public static final int ORDER_LINES_BODY_BYTES = 1 << 20;

    /** Bytes of a body with {@code shipping_info} and nothing else. */
    public static final int SHIPPING_INFO_BODY_BYTES = 256 << 10;

    /** Bytes of a request's address and headers together. */
    public static final int HEAD_BYTES = 8 << 10;

    /** Sessions of one device that are CREATED or ACTIVE. */
    public static final int OPEN_SESSIONS = 100;

    /** Connections that clients have open at once. */
    public static final int CONNECTIONS = 20_000;

    /**
     * Bytes of heap for each of these: what Tomcat keeps while a request is being received or
     * answered is some 45 KiB.
     */
    public static final int HEAP_PER_CONNECTION = 64 << 10;

    /** The same with TLS, whose buffers a connection keeps while it is idle: some 30 KiB more. */
    public static final int HEAP_PER_TLS_CONNECTION = 128 << 10;

    /** Requests of one HTTP/2 connection that are open at once; a client is told of it. */
    public static final int STREAMS_PER_CONNECTION = 100;

    /** Of these, how many are worked on at once; the others wait. */
    public static final int STREAMS_AT_WORK_PER_CONNECTION = 20;

    /**
     * Bytes of heap for each byte of the request bodies that may be in memory at once: a body as
     * objects takes up to some 25 times its size, and the rest of the server lives beside it.
     */
    public static final int HEAP_PER_BODY_BYTE = 32;

    /** Into how many parts the room for bodies is divided; one merchant may have one of them. */
    public static final int BODY_SHARES = 4;

    /** Bytes of a body that nobody wanted, read so that its connection can serve on. */
    public static final int UNREAD_BODY_BYTES = 16 << 10;

    /** Bytes of a larger one, thrown away so that its sender reads the refusal. */
    public static final int LINGERING_BYTES = 2 << 20;

    /** Connections at once that throw away such a body; further ones are closed at once. */
    public static final int LINGERING_CONNECTIONS = 64;

    /** Levels of nesting in a JSON body. */
    public static final int JSON_DEPTH = 64;

    /** Lines of a cart. */
    public static final int ORDER_ITEMS = 1000;

    /** Characters of a line's name or reference, and of a merchant reference. */
    public static final int REFERENCE_CHARS = 255;

    /** Characters of {@code merchant_data}. */
    public static final int MERCHANT_DATA_CHARS = 6000;

    /** Pieces in one line. */
    public static final int QUANTITY = 100_000;

    /** Digits of the fraction of a quantity; binary floating point prints up to 17. */
    public static final int FRACTION_DIGITS = 30;

    /** Basis points of a tax rate: 10000 is 100 %. */
    public static final int TAX_RATE_BASIS_POINTS = 10_000;

    /**
     * Minor units of any amount: of what is sold, and so of what is captured, changed, refunded.
     */
    public static final long AMOUNT = 200_000_000;

    /** Characters of the description of a capture, a refund or a changed authorization. */
    public static final int DESCRIPTION_CHARS = 255;

    /** Entries of {@code shipping_info}, of one request and of one order or capture. */
    public static final int SHIPPING_INFO = 500;

    /** Entries of a metadata map. */
    public static final int METADATA_KEYS = 50;

    /** Characters of a metadata key. */
    public static final int METADATA_KEY_CHARS = 40;

    /** Characters of a metadata value. */
    public static final int METADATA_VALUE_CHARS = 500;

    /** Characters of a location's name, of a line of its address and of its city. */
    public static final int LOCATION_TEXT_CHARS = 100;

    /** Characters of a postal code. */
    public static final int POSTAL_CODE_CHARS = 20;

    /** Characters of a device's name. */
    public static final int DEVICE_NAME_CHARS = 100;

    /** Characters of a device's hardware id. */
    public static final int HARDWARE_ID_CHARS = 255;

    /** Characters of a push token. */
    public static final int PUSH_TOKEN_CHARS = 4096;

    /** Characters of an enrollment code as typed. */
    public static final int ENROLLMENT_CODE_CHARS = 64;

    /** Milliseconds that an enrollment may live: 72 hours. */
    public static final long ENROLLMENT_LIFE_MS = 72 * 3_600_000L;

    /** Elements of a page. */
    public static final int PAGE_SIZE = 100;

    /** Elements of a page of a list whose size the contract leaves open. */
    public static final int LARGE_PAGE_SIZE = 1000;

    /** Metadata filters of one list request. */
    public static final int METADATA_FILTERS = 5;

    /** Lines of a file that a person has made of a list. */
    public static final int EXPORT_LINES = 10_000;

    /** Bytes of a form with metadata: three stand for each byte that is no letter. */
    public static final int METADATA_FORM_BYTES = 3 * METADATA_BODY_BYTES;

    /** Characters of an idempotency key. */
    public static final int IDEMPOTENCY_KEY_CHARS = 255;

    /** Wrong API keys and device tokens from one address in a minute. */
    public static final int WRONG_CREDENTIALS_PER_ADDRESS = 100;

    /** Wrong ones that are remembered, so that they cost no query when they come again. */
    public static final int WRONG_CREDENTIALS_REMEMBERED = 10_000;

    /** Wrong passwords for one name from one address in a quarter of an hour. */
    public static final int SIGN_INS_PER_NAME_AND_ADDRESS = 10;

    /** Wrong passwords for one name from everywhere in a quarter of an hour. */
    public static final int SIGN_INS_PER_NAME = 200;

    /** Wrong passwords from one address in a quarter of an hour. */
    public static final int SIGN_INS_PER_ADDRESS = 50;

    /** Pages of one user that are open at once and hear of what changes, on one server. */
    public static final int LIVE_PAGES_PER_USER = 20;

    /**
     * Wrong second factors, or wrong answers to "is it you", of one user in a quarter of an hour.
     */
    public static final int FACTORS_PER_USER = 5;

    /** Passkeys of one user. */
    public static final int PASSKEYS_PER_USER = 20;

    /** Characters of a passkey's name. */
    public static final int PASSKEY_LABEL_CHARS = 60;

    /** Queries at once for credentials that may be guesses, of each kind. */
    public static final int GUESSES_LOOKED_UP_AT_ONCE = 2;

    /** Failed pairings from one address in a minute. */
    public static final int FAILED_PAIRINGS_PER_ADDRESS = 30;

    /** Failed pairings from one /48 of IPv6 in a minute. */
    public static final int FAILED_PAIRINGS_PER_SITE = 120;

    /** Failed pairings in a minute, from everywhere together, that count as an attack. */
    public static final int FAILED_PAIRINGS = 300;

    /** Failed pairings from one address in a minute, while there is an attack. */
    public static final int FAILED_PAIRINGS_UNDER_ATTACK = 3;

    /** Bytes of a cart as it is kept: {@code order_items} as JSON without blanks, in UTF-8. */
    public static final int CART_BYTES = 128 << 10;

    /** Values, names and brackets in a JSON body. */
    public static final int JSON_TOKENS = 100_000;

    /** Webhook destinations of a merchant. */
    public static final int DESTINATIONS = 50;

    /** Characters of a destination's name. */
    public static final int DESTINATION_NAME_CHARS = 100;

    /** Characters of an API key's name. */
    public static final int KEY_NAME_CHARS = 100;

    /** Characters of a destination's URL. */
    public static final int URL_CHARS = 2048;

    /** Events that one request may have sent again. */
    public static final int RESEND_EVENTS = 10_000;

    /** Seconds that a request for events may wait for one. */
    public static final int EVENTS_WAIT_SECONDS = 30;

    /** Requests of a merchant that wait for events at once. */
    public static final int EVENTS_WAITING = 20;

    /** Entries of a session's timeline, from the beginning on. */
    public static final int TIMELINE_ENTRIES = 1000;

    /** Faults named in one answer; the rest are counted. */
    public static final int FAULTS = 50;

    /** A server that has not said for so long that it is alive counts as dead. */
    public static final Duration NODE_SILENCE = Duration.ofSeconds(15);

    /** A provider that has owed an answer for so long is told of, and makes the health bad. */
    public static final Duration UNANSWERED = Duration.ofMinutes(15);

    /** Pending operations that are listed at once. */
    public static final int PENDING_LISTED = 1000;

    /** Characters of a person's name who settles an operation by hand. */
    public static final int RESOLUTION_NAME_CHARS = 100;

    /** Characters of that person's reason, and of their evidence. */
    public static final int RESOLUTION_TEXT_CHARS = 2000;

    /** Seconds that a session may be open: a day. */
    public static final int SESSION_TTL_SECONDS = 86_400;

    private Limits() {}
}

package dev.kassa.http;

/** The body of a request as sent, of whatever media type, read only up to the limit. */
public final class RawBody {
    private final byte[] bytes;

    RawBody(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Its bytes; not to be changed. */
    public byte[] bytes() {
        return bytes;
    }
}

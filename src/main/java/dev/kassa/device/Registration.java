package dev.kassa.device;

import java.time.Instant;

/** A device just paired, with the token it was given. */
record Registration(Device device, String bearerToken, Instant issuedAt) {
    /** Without the token. */
    @Override
    public String toString() {
        return "Registration[" + device.id() + "]";
    }
}

package dev.kassa.session;

import java.time.Duration;

/**
 * How long a session of this deployment is open, unless its merchant has a time of its own (R4).
 */
public record SessionTtl(Duration value) {}

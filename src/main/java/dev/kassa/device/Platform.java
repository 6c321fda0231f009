package dev.kassa.device;

/** What a device is, in the wire's words. */
public enum Platform {
    IOS,
    ANDROID,
    TERMINAL
}

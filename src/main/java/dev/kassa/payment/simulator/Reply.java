package dev.kassa.payment.simulator;

/**
 * What came back from the simulated acquirer: an HTTP status, and a body that is JSON as a rule.
 */
record Reply(int status, String body) {}

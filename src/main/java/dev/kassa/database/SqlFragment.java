package dev.kassa.database;

import java.util.Set;

/**
 * Common table expressions that one package lends to the statements of others, so that all of a
 * change is one statement. {@link SqlStatement} puts them together and checks that they fit.
 *
 * @param needs the names of the common table expressions that must stand before it
 * @param gives the names of those that it defines
 * @param sql the definitions, without {@code with} and without a comma at either end
 */
public record SqlFragment(Set<String> needs, Set<String> gives, String sql) {}

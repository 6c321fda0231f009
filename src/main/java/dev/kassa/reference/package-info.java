/**
 * The API reference: the OpenAPI files as written, and a page to browse them, both without
 * internet.
 *
 * <p>The files are the contract. Every request of the tests and every answer to it is checked
 * against them, and so is the list of routes.
 */
@NullMarked
@CheckReturnValue
package dev.kassa.reference;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;

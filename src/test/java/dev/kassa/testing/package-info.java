/**
 * What tests share: a server with a clock that they move, merchants, devices and endpoints over
 * HTTP, databases, and fakes of what is outside.
 */
@NullMarked
package dev.kassa.testing;

import org.jspecify.annotations.NullMarked;

/** Settings, start and stop. */
@NullMarked
package dev.kassa.server;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.kassa.webhook;

import org.jspecify.annotations.NullMarked;

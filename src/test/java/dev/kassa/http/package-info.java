@NullMarked
package dev.kassa.http;

import org.jspecify.annotations.NullMarked;

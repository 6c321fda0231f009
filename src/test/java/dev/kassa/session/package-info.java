@NullMarked
package dev.kassa.session;

import org.jspecify.annotations.NullMarked;

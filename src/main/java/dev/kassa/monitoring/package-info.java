/** What operators watch: numbers that only the database knows, as metrics and as health. */
@NullMarked
@CheckReturnValue
package dev.kassa.monitoring;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;

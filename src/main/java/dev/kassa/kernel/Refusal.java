package dev.kassa.kernel;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * The server cannot start, or a command cannot run, for a reason the person at the terminal can
 * mend. Printed as one line, without a stack trace, with exit code 1.
 */
public final class Refusal extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;

    /** {@code message}: what is wrong and what to do, in one line. */
    public Refusal(String message) {
        super(message);
    }

    /** The same, with what lies behind it for a debugger. */
    public Refusal(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** The line to print. */
    public String line() {
        return String.valueOf(getMessage());
    }
}

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The cart that every bench sells, from {@code bench/cart.json}. */
final class Cart {
    private static final String TEXT = read();

    private Cart() {}

    private static String read() {
        try {
            return Files.readString(Path.of("bench/cart.json"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String of(String device) {
        return TEXT.formatted(device);
    }
}

package dev.kassa.server;

import dev.kassa.kernel.Refusal;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/** {@code kassa.properties}: UTF-8, with or without the byte order mark that some editors write. */
final class PropertiesFile {
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private PropertiesFile() {}

    /** What the file says; nothing when there is none. */
    static Properties read(Path file) {
        Properties properties = new Properties();
        if (!Files.exists(file)) {
            return properties;
        }
        try {
            String text = Files.readString(file);
            properties.load(
                    new StringReader(text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text));
            return properties;
        } catch (CharacterCodingException e) {
            throw refusal(file, "It is not UTF-8; save it in this encoding.", e);
        } catch (IOException | IllegalArgumentException e) {
            throw refusal(file, String.valueOf(e.getMessage()), e);
        }
    }

    private static Refusal refusal(Path file, String why, Exception e) {
        return new Refusal("Cannot read " + file.toAbsolutePath() + ": " + why, e);
    }
}

package dev.kassa.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Spring ignores a key that it does not know: one that was misspelt, or that a release dropped. */
class ApplicationPropertiesTest {
    private static final String METADATA = "META-INF/spring-configuration-metadata.json";

    /** The type of each property that the libraries on the class path know. */
    private static Map<String, String> known() throws IOException {
        Map<String, String> known = new TreeMap<>();
        ClassLoader loader = ApplicationPropertiesTest.class.getClassLoader();
        for (URL url : Collections.list(loader.getResources(METADATA))) {
            try (InputStream in = url.openStream()) {
                for (JsonNode property : JsonMapper.shared().readTree(in).path("properties")) {
                    boolean dropped =
                            property.path("deprecation").path("level").asString("").equals("error");
                    if (!dropped) {
                        known.put(
                                property.path("name").asString(),
                                property.path("type").asString(""));
                    }
                }
            }
        }
        return known;
    }

    private static boolean isKnown(String key, Map<String, String> known) {
        if (known.containsKey(key)) {
            return true;
        }
        // An entry of a map.
        for (int dot = key.lastIndexOf('.'); dot > 0; dot = key.lastIndexOf('.', dot - 1)) {
            if (known.getOrDefault(key.substring(0, dot), "").startsWith("java.util.Map<")) {
                return true;
            }
        }
        return false;
    }

    @Test
    void everyKeyIsKnown() throws IOException {
        Properties properties = new Properties();
        try (InputStream in = Server.class.getResourceAsStream("/application.properties")) {
            properties.load(in);
        }
        Map<String, String> known = known();
        List<String> unknown = new ArrayList<>();
        for (String key : properties.stringPropertyNames()) {
            if (!isKnown(key, known)) {
                unknown.add(key);
            }
        }
        assertThat(properties).isNotEmpty();
        assertThat(unknown).as("Spring does not know them; look up what they are called").isEmpty();
    }
}

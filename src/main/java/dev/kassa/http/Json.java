package dev.kassa.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.kassa.kernel.Limits;
import java.util.Map;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/**
 * The one way JSON is read and written: snake_case, absent values left out, limits on what is read.
 */
public final class Json {
    /** Thread-safe. */
    public static final JsonMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(Limits.JSON_DEPTH)
                                                    .maxTokenCount(Limits.JSON_TOKENS)
                                                    .maxNumberLength(100)
                                                    .maxNameLength(1000)
                                                    .build())
                                    .build())
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .changeDefaultPropertyInclusion(
                            any -> any.withValueInclusion(JsonInclude.Include.NON_NULL))
                    .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .build();

    private static final TypeReference<Map<String, String>> TEXTS = new TypeReference<>() {};

    private Json() {}

    /** Reads a stored map of texts. */
    public static Map<String, String> texts(String json) {
        return MAPPER.readValue(json, TEXTS);
    }

    /** {@code value} as JSON, in UTF-8. */
    public static byte[] bytes(Object value) {
        return MAPPER.writeValueAsBytes(value);
    }

    /** {@code value} as JSON text. */
    public static String write(Object value) {
        return MAPPER.writeValueAsString(value);
    }
}

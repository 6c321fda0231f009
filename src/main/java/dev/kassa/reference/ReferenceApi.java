package dev.kassa.reference;

import dev.kassa.access.NoCredential;
import dev.kassa.kernel.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Serves the OpenAPI files. */
@RestController
@NoCredential(why = "The description of the API holds nothing of anybody.")
final class ReferenceApi {
    private static final Set<String> FILES =
            Set.of("ipp", "kassa", "order-management", "pos", "playground");
    private static final MediaType YAML = MediaType.parseMediaType("application/yaml");

    private final Map<String, String> json = new ConcurrentHashMap<>();

    @GetMapping("/openapi/{name}.yaml")
    ResponseEntity<String> yaml(@PathVariable("name") String name) {
        return ResponseEntity.ok().contentType(YAML).body(read(name));
    }

    @GetMapping("/openapi/{name}.json")
    ResponseEntity<String> json(@PathVariable("name") String name) {
        String text =
                json.computeIfAbsent(
                        name,
                        known ->
                                JsonMapper.shared()
                                        .writeValueAsString(
                                                YAMLMapper.shared().readTree(read(known))));
        return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(text);
    }

    private static String read(String name) {
        if (!FILES.contains(name)) {
            throw Problem.notFound("There is no API description '" + name + "'; see /docs/.");
        }
        try (@Nullable InputStream in =
                ReferenceApi.class.getResourceAsStream("/openapi/" + name + ".yaml")) {
            if (in == null) {
                throw new IllegalStateException("the jar lacks " + name + ".yaml");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}

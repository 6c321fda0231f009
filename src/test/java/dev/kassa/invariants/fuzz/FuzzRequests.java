package dev.kassa.invariants.fuzz;

import dev.kassa.testing.Contract;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Requests for every operation of the OpenAPI files, most of them nearly right. */
final class FuzzRequests {
    private static final Pattern PARAMETER = Pattern.compile("\\{(\\w+)}");

    /** Those that make or move money come more often, so that there is something to get wrong. */
    private static final List<String> OFTEN =
            List.of(
                    "createSession",
                    "createSession",
                    "createSession",
                    "simulateCardTap",
                    "simulateCardTap",
                    "attachPayment",
                    "attachPayment",
                    "finalizePayment",
                    "captureOrder",
                    "captureOrder",
                    "refundOrder",
                    "refundOrder",
                    "cancelSession");

    /** Percent-encoded, but for what RFC 3986 allows to stand as it is. */
    private static final List<String> WORDS =
            List.of(
                    "",
                    "0",
                    "-1",
                    "x",
                    "1e9",
                    "%00",
                    "%ff%fe",
                    "%C0%AF",
                    "%2e%2e%2f",
                    "%2e",
                    "..",
                    ";x=1",
                    "%5c",
                    "null",
                    "true",
                    "a:b",
                    "a%3Ab",
                    "%F0%9F%98%80",
                    "99999999999",
                    "99999999999999999999",
                    "00000000-0000-0000-0000-000000000000",
                    "1-1-1-1-1",
                    "SUCCESS",
                    "%20",
                    "*",
                    "%3Bx%3D1",
                    "'",
                    "%0d%0aX:%20y",
                    "end",
                    "2024-01-15T10:30:00Z",
                    "x".repeat(600));

    private static final List<String> METHODS =
            List.of(
                    "HEAD",
                    "OPTIONS",
                    "TRACE",
                    "GET",
                    "POST",
                    "PUT",
                    "PATCH",
                    "DELETE",
                    "BREW",
                    "PROPFIND");

    private final FuzzRandom random;
    private final FuzzBodies bodies;
    private final FuzzHeaders headers;
    private final Function<byte[], String> providersSignature;
    private final List<Contract.Documented> operations = new ArrayList<>();

    FuzzRequests(FuzzRandom random, Function<byte[], String> providersSignature) {
        this.random = random;
        this.providersSignature = providersSignature;
        bodies = new FuzzBodies(random);
        headers = new FuzzHeaders(random);
        operations.addAll(Contract.everyOperation());
        for (String id : OFTEN) {
            operations.addAll(
                    Contract.operations().stream().filter(one -> one.id().equals(id)).toList());
        }
    }

    FuzzRequest next(FuzzWorld world) {
        Contract.Documented operation = random.of(operations);
        FuzzOwner owner = operation.id().equals("openStream") ? world.streaming() : world.anOwner();
        FuzzOwner another = world.another(owner);
        FuzzOwner theirs = random.chance(5) ? another : owner;
        FuzzOwner.Thing thing = theirs.thing(random, kind(operation));
        String method = random.chance(93) ? operation.method() : random.of(METHODS);
        boolean ofProvider = operation.path().startsWith("/providers/");
        FuzzBodies.Body body =
                ofProvider
                        ? bodies.callback(thing)
                        : operation.fields().isEmpty()
                                ? bodies.unasked()
                                : bodies.of(operation, owner);
        List<FuzzRequest.Header> all =
                headers.of(
                        authorization(operation, owner, another, thing), body.bytes().length > 0);
        if (body.zipped() && random.chance(80)) {
            all.add(new FuzzRequest.Header("Content-Encoding", "gzip"));
        }
        if (operation.id().equals("openStream") && random.chance(50)) {
            all.add(
                    new FuzzRequest.Header(
                            "Last-Event-ID", random.text("0", "1", "9", "x", "1e9")));
        }
        if (ofProvider && random.chance(80)) {
            all.add(
                    new FuzzRequest.Header(
                            "simulator-signature", providersSignature.apply(body.bytes())));
        }
        return new FuzzRequest(
                operation,
                method,
                path(operation.path(), thing) + query(operation, thing),
                all,
                body.bytes(),
                random.chance(8));
    }

    /** The kind of things that the operation is about. */
    private String kind(Contract.Documented operation) {
        String path = operation.path();
        if (path.contains("/orders/") || path.contains("/receipt")) {
            return "order";
        }
        if (operation.parameters().containsKey("attempt_id") || path.startsWith("/providers/")) {
            return "attempt";
        }
        if (path.contains("/deliveries/")) {
            return "delivery";
        }
        return List.of("session", "device", "enrollment", "location", "destination").stream()
                .filter(kind ->
                        path.contains("/" + kind + "s/") || path.contains("-" + kind + "s/"))
                .findFirst()
                .orElse("session");
    }

    private String authorization(
            Contract.Documented operation,
            FuzzOwner owner,
            FuzzOwner another,
            FuzzOwner.Thing thing) {
        int kind = random.below(100);
        boolean ofDevice = operation.path().startsWith("/pos/");
        if (kind < 4) {
            return headers.wrong(owner, another);
        }
        if (kind < 6 && !operation.id().equals("openStream")) {
            return ofDevice ? another.token(random, "") : headers.right(another);
        }
        boolean otherKind = kind < 7;
        return ofDevice ^ otherKind
                ? owner.token(random, thing.ids().getOrDefault("device_id", ""))
                : headers.right(owner);
    }

    private String path(String pattern, FuzzOwner.Thing thing) {
        Matcher matcher = PARAMETER.matcher(pattern);
        StringBuilder path = new StringBuilder();
        while (matcher.find()) {
            String name = matcher.group(1).equals("sessionId") ? "session_id" : matcher.group(1);
            String id =
                    switch (random.below(20)) {
                        case 0 -> random.of(WORDS);
                        case 1 -> UUID.randomUUID().toString();
                        case 2 -> thing.id(name).toUpperCase(Locale.ROOT);
                        default -> name.equals("provider") ? "simulator" : thing.id(name);
                    };
            matcher.appendReplacement(path, Matcher.quoteReplacement(id));
        }
        matcher.appendTail(path);
        return random.chance(1)
                ? path
                        + random.text(
                                "/", "//", ".json", ";x=1", "/..", "/%2e%2e", "%20", "%00", "/x")
                : path.toString();
    }

    private String query(Contract.Documented operation, FuzzOwner.Thing thing) {
        StringBuilder query = new StringBuilder();
        for (Map.Entry<String, JsonNode> parameter : operation.parameters().entrySet()) {
            if (random.chance(35)) {
                String value = value(parameter.getKey(), parameter.getValue(), thing);
                query.append('&').append(parameter.getKey()).append('=').append(value);
                if (random.chance(4)) {
                    query.append('&')
                            .append(parameter.getKey())
                            .append('=')
                            .append(random.of(WORDS));
                }
            }
        }
        if (random.chance(5)) {
            query.append(
                    random.text(
                            "&x=1", "&", "&=", "&x", "&metadata[till]=7", "&page_size", "&%zz=1"));
        }
        return query.isEmpty() ? "" : "?" + query.substring(1);
    }

    private String value(String name, JsonNode schema, FuzzOwner.Thing thing) {
        if (name.equals("wait")) {
            // What is waited for is for other tests.
            return random.text("0", "0", "0", "0", "1", "31", "-1", "x", "");
        }
        if (name.equals("callbacks")) {
            return random.text("0", "1", "2", "11", "-1", "x", "");
        }
        if (random.chance(20)) {
            return encoded(random.of(WORDS));
        }
        if (schema.has("enum")) {
            return random.of(schema.path("enum").valueStream().toList()).asString();
        }
        if (thing.ids().containsKey(name)) {
            return thing.id(name);
        }
        long least = schema.path("minimum").asLong(0);
        long most = schema.path("maximum").asLong(100);
        return switch (schema.path("type").asString("")) {
            case "integer" -> random.of(List.of(least, most, least - 1, most + 1, least + 1)) + "";
            case "boolean" -> random.text("true", "false", "TRUE", "1");
            default ->
                    random.text("a:b", "store_id:123", UUID.randomUUID().toString(), "end", "1-1");
        };
    }

    private String encoded(String word) {
        return random.chance(50)
                ? word
                : URLEncoder.encode(
                        new String(new int[] {random.below(0xD800)}, 0, 1), StandardCharsets.UTF_8);
    }
}

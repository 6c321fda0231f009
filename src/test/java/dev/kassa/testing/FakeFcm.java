package dev.kassa.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.kassa.http.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/**
 * Google's side of Firebase Cloud Messaging: hands out access tokens for a signed assertion, and
 * takes messages that come with one. What is not as Google documents it is a fault.
 */
public final class FakeFcm implements AutoCloseable {
    public static final String DEAD = "dead-token";
    public static final String BUSY = "busy-token";
    private static final String ACCESS_TOKEN = "ya29.fake";
    private static final String ACCOUNT = "kassa@shop.iam.gserviceaccount.com";

    public final List<String> faults = new CopyOnWriteArrayList<>();
    private final BlockingQueue<JsonNode> messages = new LinkedBlockingQueue<>();
    private final KeyPair key;
    private final HttpServer http;

    private FakeFcm(KeyPair key, HttpServer http) {
        this.key = key;
        this.http = http;
        http.createContext("/token", exchange -> answer(exchange, this::token));
        http.createContext("/v1/", exchange -> answer(exchange, this::message));
        http.start();
    }

    public static FakeFcm start() {
        try {
            KeyPairGenerator keys = KeyPairGenerator.getInstance("RSA");
            keys.initialize(2048);
            var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            return new FakeFcm(keys.generateKeyPair(), HttpServer.create(address, 0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + http.getAddress().getPort());
    }

    /** The file that the Firebase console would offer. */
    public Path serviceAccount() throws IOException {
        String pem =
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getMimeEncoder().encodeToString(key.getPrivate().getEncoded())
                        + "\n-----END PRIVATE KEY-----\n";
        Path file = Files.createTempFile("service-account", ".json");
        return Files.writeString(
                file,
                Json.MAPPER.writeValueAsString(
                        Map.of(
                                "type", "service_account",
                                "project_id", "shop",
                                "private_key_id", "1",
                                "private_key", pem,
                                "client_email", ACCOUNT,
                                "client_id", "1",
                                "token_uri", url() + "/token")));
    }

    /** The next message that was taken. */
    public JsonNode next() throws InterruptedException {
        JsonNode message = messages.poll(10, TimeUnit.SECONDS);
        if (message == null) {
            throw new AssertionError("no message within 10 s; " + faults);
        }
        return message;
    }

    public boolean isEmpty() {
        return messages.isEmpty();
    }

    private record Reply(int status, String body) {}

    private interface Operation {
        Reply reply(HttpExchange exchange, String body) throws GeneralSecurityException;
    }

    private void answer(HttpExchange exchange, Operation operation) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Reply reply;
        try {
            reply = operation.reply(exchange, body);
        } catch (GeneralSecurityException | RuntimeException e) {
            faults.add(e.toString());
            reply = new Reply(400, "{}");
        }
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        byte[] bytes = reply.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(reply.status(), bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private void check(boolean holds, String otherwise) {
        if (!holds) {
            faults.add(otherwise);
        }
    }

    /** RFC 7523: an assertion signed with the account's key. */
    private Reply token(HttpExchange exchange, String body) throws GeneralSecurityException {
        Map<String, String> form = new HashMap<>();
        for (String pair : body.split("&", -1)) {
            String[] parts = pair.split("=", 2);
            form.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
        }
        check(
                "urn:ietf:params:oauth:grant-type:jwt-bearer".equals(form.get("grant_type")),
                "grant type " + form.get("grant_type"));
        String[] jwt = form.getOrDefault("assertion", "").split("\\.", -1);
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initVerify(key.getPublic());
        signature.update((jwt[0] + "." + jwt[1]).getBytes(StandardCharsets.US_ASCII));
        check(signature.verify(Base64.getUrlDecoder().decode(jwt[2])), "the signature is wrong");
        JsonNode claims = Json.MAPPER.readTree(Base64.getUrlDecoder().decode(jwt[1]));
        check(claims.path("iss").asString("").equals(ACCOUNT), "issuer in " + claims);
        check(
                claims.path("aud").asString("").equals("https://oauth2.googleapis.com/token"),
                "audience in " + claims);
        check(
                claims.path("scope")
                        .asString("")
                        .equals("https://www.googleapis.com/auth/firebase.messaging"),
                "scope in " + claims);
        return new Reply(
                200,
                "{\"access_token\":\"%s\",\"expires_in\":3600,\"token_type\":\"Bearer\"}"
                        .formatted(ACCESS_TOKEN));
    }

    private Reply message(HttpExchange exchange, String body) {
        String path = exchange.getRequestURI().getPath();
        check(path.equals("/v1/projects/shop/messages:send"), "path " + path);
        check(exchange.getRequestMethod().equals("POST"), "method");
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        if (!("Bearer " + ACCESS_TOKEN).equals(authorization)) {
            faults.add("authorization " + authorization);
            return new Reply(401, "{}");
        }
        JsonNode request = Json.MAPPER.readTree(body);
        check(request.size() == 1 && request.has("message"), "keys of " + request);
        JsonNode message = request.path("message");
        String token = message.path("token").asString("");
        messages.add(message);
        return switch (token) {
            case DEAD -> error(404, "NOT_FOUND", "UNREGISTERED");
            case BUSY -> error(503, "UNAVAILABLE", "UNAVAILABLE");
            default -> new Reply(200, "{\"name\":\"projects/shop/messages/1\"}");
        };
    }

    private static Reply error(int code, String status, String errorCode) {
        return new Reply(
                code,
                """
                {"error": {"code": %d, "message": "Told off.", "status": "%s", "details": [
                  {"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError",
                   "errorCode": "%s"}]}}
                """
                        .formatted(code, status, errorCode));
    }

    @Override
    public void close() {
        http.stop(0);
    }
}

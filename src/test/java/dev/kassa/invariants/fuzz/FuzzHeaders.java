package dev.kassa.invariants.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Headers: credentials, media types, keys, and what proxies, browsers and attackers add. */
final class FuzzHeaders {
    private static final List<String> CONTENT_TYPES =
            List.of(
                    "application/json; charset=utf-8",
                    "application/json;charset=UTF-16",
                    "application/json; charset=\"utf-8\"",
                    "application/json; charset=x-none",
                    "application/json; charset=",
                    "APPLICATION/JSON",
                    "application/json;;",
                    "application/json; q=0",
                    "application/json, text/plain",
                    "application/*",
                    "application/*+json",
                    "*/*",
                    "application/problem+json",
                    "application/vnd.api+json",
                    "text/json",
                    "text/plain",
                    "text/event-stream",
                    "multipart/form-data",
                    "multipart/form-data; boundary=x",
                    "multipart/mixed",
                    "application/x-www-form-urlencoded",
                    "application/octet-stream",
                    "x",
                    "/",
                    ";",
                    "",
                    "application/json; x=\"",
                    "a".repeat(300) + "/" + "b".repeat(300),
                    "\u00ff\u00ff/;;");

    private static final List<String> ACCEPTS =
            List.of(
                    "*/*",
                    "application/json",
                    "application/json;q=0",
                    "application/json;q=0.001",
                    "application/json;q=2",
                    "application/json;q=abc",
                    "application/json;version=2",
                    "application/json; charset=utf-8",
                    "application/json; charset=x-none",
                    "application/json;v=\"",
                    "application/problem+json",
                    "application/vnd.klarna.v1+json",
                    "application/*",
                    "*/*;q=0",
                    "*/json",
                    "text/html",
                    "text/html, application/xhtml+xml, */*;q=0.8",
                    "application/xml",
                    "text/event-stream",
                    "image/svg+xml",
                    "image/*",
                    "image/png",
                    "x",
                    ";;;",
                    ",",
                    "",
                    "*",
                    "a/b,".repeat(60) + "*/*",
                    "\u00ff/\u00ff");

    /** Headers that should make no difference, and a few that may: name, then values. */
    private static final List<List<String>> OTHERS =
            List.of(
                    List.of("Accept-Charset", "utf-8", "x-none", "*;q=0", ";"),
                    List.of("Accept-Language", "sv", "xx-YYYY-\u00ff", "*;q=9", "-"),
                    List.of("Accept-Encoding", "gzip", "br", "identity;q=0", "*;q=0", ";;"),
                    List.of("Range", "bytes=0-1", "bytes=9-1", "bytes=-", "x", "bytes=0-0,2-3"),
                    List.of("If-Range", "x", "\"x\""),
                    List.of("If-Match", "*", "\"x\"", "x", "W/\"x\""),
                    List.of("If-None-Match", "*", "\"x\"", "x", ","),
                    List.of("If-Modified-Since", "Tue, 01 Jan 2030 00:00:00 GMT", "x", "0"),
                    List.of("If-Unmodified-Since", "Tue, 01 Jan 1980 00:00:00 GMT", "x", "-1"),
                    List.of("Content-Encoding", "identity", "x", "deflate", "br", "gzip, gzip", ""),
                    List.of("Content-Range", "bytes 0-1/2", "x"),
                    List.of("Content-Language", "sv", "\u00ff"),
                    List.of("Content-MD5", "x"),
                    List.of("X-Forwarded-For", "203.0.113.9", "x", "::", "1.2.3.4, 5.6.7.8", ""),
                    List.of("X-Forwarded-Proto", "https", "x", "", "https, http", "\u00ff"),
                    List.of(
                            "X-Forwarded-Host",
                            "shop.example",
                            "a b",
                            "[::1",
                            "",
                            "x:99999",
                            "\u00ff"),
                    List.of("X-Forwarded-Port", "443", "x", "-1", "99999999999"),
                    List.of("X-Forwarded-Prefix", "/x", "//", "../..", ""),
                    List.of("X-Real-IP", "203.0.113.9", "x"),
                    List.of(
                            "Forwarded",
                            "for=203.0.113.9;proto=https",
                            "for=\"[::1\";host=",
                            ";",
                            "x"),
                    List.of("X-HTTP-Method-Override", "DELETE", "x", "GET"),
                    List.of("X-Method-Override", "PUT"),
                    List.of("X-Original-URL", "/kassa/v1/settings", "%"),
                    List.of("X-Rewrite-URL", "/ipp/v1/devices"),
                    List.of("Cookie", "JSESSIONID=x", "a=b; a=c", "=", ";", "$Version=1; x"),
                    List.of("Origin", "https://shop.example", "null", "x", "http://127.0.0.1"),
                    List.of("Access-Control-Request-Method", "PUT", "x", ""),
                    List.of("Access-Control-Request-Headers", "authorization", ","),
                    List.of("Upgrade", "websocket", "h2c", "x"),
                    List.of("HTTP2-Settings", "AAMAAABkAARAAAAAAAIAAAAA", "x"),
                    List.of("Connection", "keep-alive", "close", "upgrade", "Authorization", ","),
                    List.of("TE", "trailers", "gzip", ";"),
                    List.of("Trailer", "X", "Content-Length"),
                    List.of("Via", "1.1 x", "x"),
                    List.of("Max-Forwards", "0", "x"),
                    List.of("Prefer", "respond-async", "x"),
                    List.of(
                            "traceparent",
                            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                            "x",
                            "00-0-0-0",
                            ""),
                    List.of("tracestate", "x", "a=b,".repeat(40)),
                    List.of("baggage", "x=%zz", "="),
                    List.of("b3", "0", "x"),
                    List.of("correlation-id", "x", "", "\u00ff"),
                    List.of("Klarna-Correlation-Id", "x"),
                    List.of("x-merchant-id", "x", "", "K123456_0a1b2c", "\u00ff"),
                    List.of("simulator-signature", "x", ""),
                    List.of("Referer", "x", "http://[", ""),
                    List.of(
                            "User-Agent",
                            "",
                            "x".repeat(900),
                            "\u00e9",
                            "${jndi:ldap://127.0.0.1/x}"),
                    List.of("X-" + "y".repeat(400), "x"),
                    List.of("X-Long", "y".repeat(3000)),
                    List.of("Pragma", "no-cache"),
                    List.of("Date", "x"),
                    List.of("Proxy-Authorization", "Basic eDp5"),
                    List.of("Proxy", "http://127.0.0.1:9/"),
                    List.of("Host2", "x"),
                    List.of("Sec-Fetch-Mode", "cors"),
                    List.of("Keep-Alive", "timeout=99999999999", "x"),
                    List.of("Transfer-Encoding2", "chunked"),
                    List.of("X-Tab", "a\tb"));

    private final FuzzRandom random;
    private int fresh;

    FuzzHeaders(FuzzRandom random) {
        this.random = random;
    }

    /** All but those that frame the body. */
    List<FuzzRequest.Header> of(String authorization, boolean hasBody) {
        List<FuzzRequest.Header> headers = new ArrayList<>();
        if (!authorization.isEmpty()) {
            add(headers, "Authorization", authorization);
        }
        if (hasBody ? !random.chance(1) : random.chance(10)) {
            add(
                    headers,
                    "Content-Type",
                    random.chance(93) ? "application/json" : random.of(CONTENT_TYPES));
        }
        if (random.chance(8)) {
            add(headers, "Accept", random.of(ACCEPTS));
        }
        if (random.chance(25)) {
            key(headers);
        }
        if (random.chance(2)) {
            add(headers, "Expect", "100-continue");
        }
        if (random.chance(20)) {
            for (int i = 0; i < 1 + random.below(3); i++) {
                List<String> other = random.of(OTHERS);
                add(headers, other.getFirst(), random.of(other.subList(1, other.size())));
            }
        }
        if (random.chance(1)) {
            headers.add(
                    random.of(
                            List.copyOf(
                                    headers.isEmpty()
                                            ? List.of(new FuzzRequest.Header("X", "x"))
                                            : headers)));
        }
        return headers;
    }

    private static void add(List<FuzzRequest.Header> headers, String name, String value) {
        headers.add(new FuzzRequest.Header(name, value));
    }

    /** New ones, ones that were used before, several, and ones that are none. */
    private void key(List<FuzzRequest.Header> headers) {
        String name = random.text("Idempotency-Key", "Klarna-Idempotency-Key", "idempotency-key");
        int kind = random.below(20);
        String again = "k" + random.below(6);
        if (kind < 9) {
            add(headers, name, "fresh-" + fresh++);
        } else if (kind < 14) {
            add(headers, name, again);
        } else if (kind < 16) {
            add(headers, "Idempotency-Key", again);
            add(headers, "Klarna-Idempotency-Key", random.text(again, "other"));
        } else {
            add(
                    headers,
                    name,
                    random.of(
                            List.of(
                                    "",
                                    "k".repeat(255),
                                    "k".repeat(256),
                                    "k".repeat(3000),
                                    "\u00e9\u00e9",
                                    "\u00ff".repeat(255),
                                    "a b",
                                    "a,b",
                                    "\"quoted\"",
                                    "'; drop table idempotency;--",
                                    "%00",
                                    "a\tb",
                                    "null")));
        }
    }

    /** What a caller without the right credentials might send. */
    String wrong(FuzzOwner owner, FuzzOwner another) {
        String key = owner.merchant().key().key();
        String username = owner.merchant().key().username();
        List<String> all =
                List.of(
                        "",
                        "Basic",
                        "Bearer",
                        "Basic ",
                        "Bearer ",
                        key,
                        "Basic " + key + "x",
                        "Bearer " + key,
                        owner.token(random, "").replace("Bearer", "Basic"),
                        "Bearer " + owner.token(random, "").substring(7) + "x",
                        "Basic " + key.replace("_test_", "_live_"),
                        "Basic ???",
                        basic(key),
                        basic("somebody:" + key),
                        basic(username + ":"),
                        basic(another.merchant().key().username() + ":" + key),
                        basic("\u0000:" + key),
                        "Basic \u00ff\u00fe",
                        "Bearer \u00e9",
                        "Bearer " + "x".repeat(3000),
                        "Digest username=\"x\"",
                        "Basic " + "e".repeat(3001),
                        "Bearer null");
        return random.of(all);
    }

    /** The forms that the documentation allows. */
    String right(FuzzOwner owner) {
        String key = owner.merchant().key().key();
        return random.of(
                List.of(
                        "Basic " + key,
                        "basic " + key,
                        basic(":" + key),
                        basic(owner.merchant().key().username() + ":" + key)));
    }

    private static String basic(String pair) {
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }
}

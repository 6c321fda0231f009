package dev.kassa.invariants.fuzz;

import dev.kassa.http.Json;
import dev.kassa.testing.Contract;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import tools.jackson.databind.JsonNode;

/** An answer that was read from a connection. */
record FuzzAnswer(int statusCode, HttpHeaders headers, String body) {
    boolean isRefusal() {
        return statusCode >= 400;
    }

    String header(String name) {
        return headers.firstValue(name).orElse("");
    }

    JsonNode json() {
        return header("Content-Type").contains("json") && !body.isEmpty()
                ? Json.MAPPER.readTree(body)
                : Json.MAPPER.createObjectNode();
    }

    @Override
    public String toString() {
        return statusCode + " " + headers.map() + "\n" + body;
    }

    /** As {@link Contract} wants to see it. */
    HttpResponse<String> to(HttpRequest request) {
        FuzzAnswer answer = this;
        return new HttpResponse<>() {
            @Override
            public int statusCode() {
                return answer.statusCode;
            }

            @Override
            public HttpRequest request() {
                return request;
            }

            @Override
            public Optional<HttpResponse<String>> previousResponse() {
                return Optional.empty();
            }

            @Override
            public HttpHeaders headers() {
                return answer.headers;
            }

            @Override
            public String body() {
                return answer.body;
            }

            @Override
            public Optional<SSLSession> sslSession() {
                return Optional.empty();
            }

            @Override
            public URI uri() {
                return request.uri();
            }

            @Override
            public HttpClient.Version version() {
                return HttpClient.Version.HTTP_1_1;
            }
        };
    }
}

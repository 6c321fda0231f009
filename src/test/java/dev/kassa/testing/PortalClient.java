package dev.kassa.testing;

import dev.kassa.access.Role;
import dev.kassa.merchant.Users;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.HttpCookie;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A browser without a screen: keeps cookies, sends forms with their token, follows nothing. */
public final class PortalClient {
    public static final String PASSWORD = "correct horse battery";
    private static final Pattern CSRF = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"");

    private final CookieManager cookies = new CookieManager();
    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .cookieHandler(cookies)
                    .build();
    private final URI url;
    private String address = "";
    private String language = "";
    public final String email;

    public PortalClient(URI url, String email) {
        this.url = url;
        this.email = email;
    }

    /** Somebody new with this role, who has chosen a password and is signed in. */
    public static PortalClient signedIn(TestMerchant merchant, Role role) {
        String email = role.wire() + "-" + UUID.randomUUID() + "@shop.example";
        String token =
                merchant.server().server.part(Users.class).invite(merchant.id(), email, role);
        PortalClient client = new PortalClient(merchant.server().url(), email);
        HttpResponse<String> answer =
                client.post("/portal/invitation/" + token, Map.of("password", PASSWORD));
        if (answer.statusCode() != 302) {
            throw new IllegalStateException(answer.statusCode() + " " + answer.body());
        }
        return client;
    }

    /** The same browser at another server. */
    public PortalClient at(URI other) {
        PortalClient there = new PortalClient(other, email);
        for (HttpCookie cookie : cookies.getCookieStore().getCookies()) {
            there.cookies.getCookieStore().add(other, cookie);
        }
        return there;
    }

    public HttpResponse<String> signIn(String password) {
        return post("/portal/login", Map.of("email", email, "password", password));
    }

    public HttpResponse<String> get(String path) {
        return send(request(path).GET());
    }

    /** Sends a form with the token that the page of the sign-in has. */
    public HttpResponse<String> post(String path, Map<String, String> fields) {
        Matcher token = CSRF.matcher(get("/portal/login").body());
        if (!token.find()) {
            throw new IllegalStateException("no token");
        }
        return post(path, token.group(1), fields);
    }

    public HttpResponse<String> post(String path, String csrf, Map<String, String> fields) {
        String form =
                fields.entrySet().stream()
                        .map(field -> "&" + field.getKey() + "=" + encoded(field.getValue()))
                        .collect(Collectors.joining("", "_csrf=" + encoded(csrf), ""));
        return send(
                request(path)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(form)));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** The cookies that an answer sets. */
    public static List<String> cookies(HttpResponse<String> answer) {
        return answer.headers().allValues("Set-Cookie");
    }

    /** From now on it comes from there, as a trusted proxy on this machine tells. */
    public PortalClient from(String address) {
        this.address = address;
        return this;
    }

    /** From now on its reader's language is this. */
    public PortalClient speaking(String language) {
        this.language = language;
        return this;
    }

    public HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path));
        if (!language.isEmpty()) {
            request = request.header("Accept-Language", language);
        }
        return address.isEmpty() ? request : request.header("X-Forwarded-For", address);
    }

    public HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}

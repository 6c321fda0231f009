package dev.kassa.merchant;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Whether a password is in the breaches that Have I Been Pwned has collected, by its range API:
 * five characters of the SHA-1 are sent, and the rest is compared here. Without an answer no
 * password is refused, since people must get in without that service too.
 */
@Component
final class BreachedPasswords {
    private static final Logger LOG = LoggerFactory.getLogger(BreachedPasswords.class);

    /** Somebody waits at a page for it. */
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private static final int SENT_CHARS = 5;

    private final @Nullable URI url;
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();

    BreachedPasswords(PasswordSettings settings) {
        url = settings.breachedUrl();
    }

    boolean contain(String password) {
        if (url == null) {
            return false;
        }
        String hash = sha1(password);
        HttpRequest request =
                HttpRequest.newBuilder(
                                URI.create(
                                        url.toString().replaceFirst("/$", "")
                                                + "/"
                                                + hash.substring(0, SENT_CHARS)))
                        // So that the size of the answer does not tell which were asked for.
                        .header("Add-Padding", "true")
                        .build();
        // A request's own timeout ends with the headers of the answer.
        CompletableFuture<HttpResponse<String>> asked =
                http.sendAsync(request, HttpResponse.BodyHandlers.ofString());
        try {
            HttpResponse<String> answer = asked.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            if (answer.statusCode() == 200) {
                return isListed(answer.body(), hash.substring(SENT_CHARS));
            }
            LOG.warn("Passwords are not looked up: {} answers {}", url, answer.statusCode());
        } catch (ExecutionException e) {
            LOG.warn("Passwords are not looked up: {}: {}", url, String.valueOf(e.getCause()));
        } catch (TimeoutException e) {
            LOG.warn("Passwords are not looked up: {} does not answer", url);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            var _ = asked.cancel(true);
        }
        return false;
    }

    /** A line is the rest of a hash, a colon, and how often it was seen; padding never was. */
    private static boolean isListed(String lines, String rest) {
        return lines.lines().anyMatch(line -> line.startsWith(rest + ":") && !line.endsWith(":0"));
    }

    private static String sha1(String password) {
        try {
            return HexFormat.of()
                    .withUpperCase()
                    .formatHex(
                            MessageDigest.getInstance("SHA-1")
                                    .digest(password.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }
}

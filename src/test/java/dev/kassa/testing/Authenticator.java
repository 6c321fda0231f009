package dev.kassa.testing;

import com.eatthepath.otp.TimeBasedOneTimePasswordGenerator;
import java.net.http.HttpResponse;
import java.security.InvalidKeyException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.spec.SecretKeySpec;
import org.apache.commons.codec.binary.Base32;

/** A phone with an authenticator app, and the recovery codes that came with it. */
public final class Authenticator {
    private static final Pattern SEALED = Pattern.compile("name=\"app\" value=\"([^\"]+)\"");
    private static final Pattern SECRET = Pattern.compile("class=\"id\">([A-Z2-7 ]{32,50})<");
    private static final Pattern RECOVERY = Pattern.compile("<li>([a-z2-7-]{19})</li>");

    private final InstantSource clock;
    private final String secret;
    public final List<String> recoveryCodes;

    private Authenticator(InstantSource clock, String secret, List<String> recoveryCodes) {
        this.clock = clock;
        this.secret = secret;
        this.recoveryCodes = recoveryCodes;
    }

    /** Scans what the portal shows, and sends the first code. */
    public static Authenticator of(PortalClient browser, InstantSource clock) {
        String page = browser.post("/portal/account/app", Map.of()).body();
        Authenticator phone = new Authenticator(clock, found(SECRET, page), List.of());
        HttpResponse<String> added =
                browser.post(
                        "/portal/account/app/code",
                        Map.of("app", found(SEALED, page), "code", phone.code()));
        return new Authenticator(clock, phone.secret, recoveryCodes(added.body()));
    }

    /** The secret typed from the screen. */
    public static Authenticator typed(String secret, InstantSource clock) {
        return new Authenticator(clock, secret, List.of());
    }

    /** The codes that a page shows. */
    public static List<String> recoveryCodes(String page) {
        return RECOVERY.matcher(page).results().map((MatchResult code) -> code.group(1)).toList();
    }

    private static String found(Pattern pattern, String page) {
        Matcher found = pattern.matcher(page);
        if (!found.find()) {
            throw new IllegalStateException("no " + pattern + " in " + page);
        }
        return found.group(1);
    }

    /** What the app shows now. */
    public String code() {
        TimeBasedOneTimePasswordGenerator codes = new TimeBasedOneTimePasswordGenerator();
        try {
            return codes.generateOneTimePasswordString(
                    new SecretKeySpec(
                            new Base32().decode(secret.replace(" ", "")), codes.getAlgorithm()),
                    clock.instant());
        } catch (InvalidKeyException e) {
            throw new IllegalStateException(e);
        }
    }
}

package dev.kassa.testing;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A passkey without a browser: an ES256 key that answers as WebAuthn Level 3 has it, attested by
 * nobody. What a test changes before it answers is what the server must refuse.
 */
public final class TestPasskey {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern OPTIONS = Pattern.compile("data-passkey=\"([^\"]+)\"");
    private static final int PRESENT_AND_VERIFIED = 0b0000_0101;
    private static final int WITH_CREDENTIAL = 0b0100_0000;

    private final KeyPair key;
    private final byte[] id = bytes(UUID.randomUUID());

    /** Where the browser is. */
    public String origin;

    /** Goes up with each signature, unless it is 0 and stays so. */
    public int count = 1;

    public TestPasskey(URI site) {
        origin = site.toString();
        try {
            KeyPairGenerator keys = KeyPairGenerator.getInstance("EC");
            keys.initialize(new ECGenParameterSpec("secp256r1"));
            key = keys.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The site as passkeys need it: by a name. */
    public static URI site(URI url) {
        return URI.create("http://localhost:" + url.getPort());
    }

    /** Makes a passkey in the account of whoever is signed in; the answer to that. */
    public static java.net.http.HttpResponse<String> added(
            PortalClient browser, TestPasskey passkey) {
        String page = browser.post("/portal/account/passkeys/new", Map.of()).body();
        return browser.post(
                "/portal/account/passkeys",
                Map.of("label", "My key", "made", passkey.made(options(page))));
    }

    /** What a page asks of the browser. */
    public static JsonNode options(String page) {
        Matcher found = OPTIONS.matcher(page);
        if (!found.find()) {
            throw new IllegalStateException("asks for no passkey: " + page);
        }
        return JSON.readTree(found.group(1).replace("&quot;", "\"").replace("&amp;", "&"));
    }

    /** RegistrationResponseJSON. */
    public String made(JsonNode options) {
        byte[] data = clientData("webauthn.create", options);
        ByteArrayOutputStream authenticator = new ByteArrayOutputStream();
        authenticator.writeBytes(
                authenticatorData(
                        options.get("rp").get("id").stringValue(),
                        PRESENT_AND_VERIFIED | WITH_CREDENTIAL));
        authenticator.writeBytes(new byte[16]); // Of no known model.
        authenticator.writeBytes(new byte[] {0, (byte) id.length});
        authenticator.writeBytes(id);
        authenticator.writeBytes(publicKey());
        byte[] attested = authenticator.toByteArray();
        ByteArrayOutputStream attestation = new ByteArrayOutputStream();
        attestation.write(0xa3); // A map of three.
        text(attestation, "fmt");
        text(attestation, "none");
        text(attestation, "attStmt");
        attestation.write(0xa0);
        text(attestation, "authData");
        attestation.writeBytes(new byte[] {0x58, (byte) attested.length});
        attestation.writeBytes(attested);
        return answer(
                Map.of(
                        "clientDataJSON", base64(data),
                        "attestationObject", base64(attestation.toByteArray())));
    }

    /** AuthenticationResponseJSON. */
    public String signed(JsonNode options) {
        byte[] data = clientData("webauthn.get", options);
        byte[] authenticator =
                authenticatorData(options.get("rpId").stringValue(), PRESENT_AND_VERIFIED);
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(key.getPrivate());
            signature.update(authenticator);
            signature.update(sha256(data));
            return answer(
                    Map.of(
                            "clientDataJSON", base64(data),
                            "authenticatorData", base64(authenticator),
                            "signature", base64(signature.sign())));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private String answer(Map<String, String> response) {
        return JSON.writeValueAsString(Map.of("rawId", base64(id), "response", response));
    }

    private byte[] clientData(String type, JsonNode options) {
        return JSON.writeValueAsBytes(
                Map.of(
                        "type",
                        type,
                        "challenge",
                        options.get("challenge").stringValue(),
                        "origin",
                        origin,
                        "crossOrigin",
                        false));
    }

    private byte[] authenticatorData(String site, int flags) {
        byte[] data =
                ByteBuffer.allocate(37)
                        .put(sha256(site.getBytes(StandardCharsets.UTF_8)))
                        .put((byte) flags)
                        .putInt(count)
                        .array();
        if (count > 0) {
            count++;
        }
        return data;
    }

    /** In COSE: EC2, ES256, P-256. */
    private byte[] publicKey() {
        ECPublicKey of = (ECPublicKey) key.getPublic();
        ByteArrayOutputStream cose = new ByteArrayOutputStream();
        cose.writeBytes(new byte[] {(byte) 0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 0x20});
        cose.writeBytes(coordinate(of.getW().getAffineX()));
        cose.writeBytes(new byte[] {0x22, 0x58, 0x20});
        cose.writeBytes(coordinate(of.getW().getAffineY()));
        return cose.toByteArray();
    }

    private static byte[] coordinate(BigInteger value) {
        byte[] bytes = value.toByteArray();
        byte[] fixed = new byte[32];
        int length = Math.min(bytes.length, fixed.length);
        System.arraycopy(bytes, bytes.length - length, fixed, fixed.length - length, length);
        return fixed;
    }

    private static void text(ByteArrayOutputStream cbor, String text) {
        cbor.write(0x60 + text.length());
        cbor.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] bytes(UUID id) {
        return ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}

package dev.kassa.signin;

import dev.kassa.http.JsonObject;
import dev.kassa.kernel.Problem;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.security.web.webauthn.api.AuthenticatorAssertionResponse;
import org.springframework.security.web.webauthn.api.AuthenticatorAttestationResponse;
import org.springframework.security.web.webauthn.api.AuthenticatorResponse;
import org.springframework.security.web.webauthn.api.AuthenticatorTransport;
import org.springframework.security.web.webauthn.api.Bytes;
import org.springframework.security.web.webauthn.api.PublicKeyCredential;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialType;

/** Reads what a browser sends, in the JSON of the standard (WebAuthn Level 3, section 5.1). */
final class PasskeyAnswers {
    /** Of WebAuthn Level 3; what else a browser says is left out. */
    private static final Set<String> TRANSPORTS =
            Set.of("usb", "nfc", "ble", "smart-card", "hybrid", "internal");

    private PasskeyAnswers() {}

    /** RegistrationResponseJSON. Throws {@link Problem} when it is none. */
    static PublicKeyCredential<AuthenticatorAttestationResponse> attestation(String answer) {
        return read(
                answer,
                response -> {
                    Bytes data = bytes(response, "clientDataJSON");
                    Bytes attestation = bytes(response, "attestationObject");
                    List<String> transports =
                            response.lenient().optionalTexts("transports", TRANSPORTS);
                    response.faults().throwIfAny();
                    return AuthenticatorAttestationResponse.builder()
                            .clientDataJSON(Objects.requireNonNull(data))
                            .attestationObject(Objects.requireNonNull(attestation))
                            .transports(
                                    (transports == null ? List.<String>of() : transports)
                                            .stream().map(AuthenticatorTransport::valueOf).toList())
                            .build();
                });
    }

    /** AuthenticationResponseJSON. Throws {@link Problem} when it is none. */
    static PublicKeyCredential<AuthenticatorAssertionResponse> assertion(String answer) {
        return read(
                answer,
                response -> {
                    Bytes data = bytes(response, "clientDataJSON");
                    Bytes authenticator = bytes(response, "authenticatorData");
                    Bytes signature = bytes(response, "signature");
                    response.faults().throwIfAny();
                    return AuthenticatorAssertionResponse.builder()
                            .clientDataJSON(data)
                            .authenticatorData(authenticator)
                            .signature(signature)
                            .build();
                });
    }

    private static <R extends AuthenticatorResponse> PublicKeyCredential<R> read(
            String answer, Function<JsonObject, R> reader) {
        JsonObject json = JsonObject.parse(answer.getBytes(StandardCharsets.UTF_8));
        Bytes id = bytes(json, "rawId");
        R response = json.optionalObject("response", reader);
        json.faults().throwIfAny();
        if (id == null || response == null) {
            throw Problem.invalid("response", "is missing");
        }
        PublicKeyCredential.PublicKeyCredentialBuilder<R> credential =
                PublicKeyCredential.builder();
        credential.id(id.toBase64UrlString());
        credential.rawId(id);
        credential.type(PublicKeyCredentialType.PUBLIC_KEY);
        credential.response(response);
        return credential.build();
    }

    private static @Nullable Bytes bytes(JsonObject json, String field) {
        return json.required(field, "base64url", Bytes::fromBase64);
    }
}

package dev.kassa.http;

import dev.kassa.kernel.Refusal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.ssl.PemSslBundleProperties;
import org.springframework.boot.autoconfigure.ssl.PropertiesSslBundle;
import org.springframework.boot.ssl.pem.PemSslStore;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;

/**
 * The certificate and the private key of a server that takes HTTPS by itself. Spring Boot reads
 * them, gives them to Tomcat, and does so again when the files change; a pair that it cannot read,
 * or that does not belong together, leaves the one before in use.
 *
 * @param certificate chain in PEM, the server's own certificate first
 * @param key private key in PEM, PKCS#8, PKCS#1 or SEC 1, not encrypted
 */
public record TlsFiles(Path certificate, Path key) {
    private static final String BUNDLE = "kassa";

    /**
     * Reads both, and answers when the server's certificate ends.
     *
     * @throws Refusal naming the setting, when the server could not use them
     */
    public Instant check() {
        requireReadable("KASSA_TLS_CERTIFICATE", certificate);
        requireReadable("KASSA_TLS_KEY", key);
        List<X509Certificate> chain = chain();
        PemSslBundleProperties both = new PemSslBundleProperties();
        both.getKeystore().setCertificate(location(certificate));
        both.getKeystore().setPrivateKey(location(key));
        both.getKeystore().setVerifyKeys(true);
        try {
            var _ = PropertiesSslBundle.get(both).getStores().getKeyStore();
        } catch (RuntimeException e) {
            throw new Refusal(
                    "KASSA_TLS_KEY: "
                            + key
                            + " is not the private key, in PEM and without a passphrase, of the"
                            + " certificate in "
                            + certificate
                            + ".",
                    e);
        }
        return chain.getFirst().getNotAfter().toInstant();
    }

    private List<X509Certificate> chain() {
        try {
            PemSslStore store =
                    PemSslStore.load(PemSslStoreDetails.forCertificates(location(certificate)));
            List<X509Certificate> chain = store == null ? null : store.certificates();
            if (chain != null && !chain.isEmpty()) {
                return chain;
            }
        } catch (RuntimeException e) {
            throw unreadable(e);
        }
        throw unreadable(null);
    }

    /** What Spring Boot is told, so that it serves HTTPS by these. */
    public Map<String, Object> properties() {
        String store = "spring.ssl.bundle.pem." + BUNDLE + ".";
        return Map.of(
                store + "keystore.certificate",
                location(certificate),
                store + "keystore.private-key",
                location(key),
                store + "keystore.verify-keys",
                true,
                store + "options.enabled-protocols",
                "TLSv1.3,TLSv1.2",
                store + "reload-on-update",
                true,
                // Whoever renews a certificate writes two files: the second follows within this.
                "spring.ssl.bundle.watch.file.quiet-period",
                "2s",
                "server.ssl.bundle",
                BUNDLE,
                // Health and metrics would have it from the main port otherwise.
                "management.server.ssl.enabled",
                false);
    }

    private static void requireReadable(String setting, Path file) {
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new Refusal(
                    setting
                            + ": "
                            + file
                            + " is no file that this user can read. Mend the path, or give the"
                            + " user that runs Kassa the right to read it.");
        }
    }

    private Refusal unreadable(@Nullable RuntimeException cause) {
        return new Refusal(
                "KASSA_TLS_CERTIFICATE: "
                        + certificate
                        + " holds no certificate in PEM (-----BEGIN CERTIFICATE-----).",
                cause);
    }

    private static String location(Path file) {
        return file.toAbsolutePath().toUri().toString();
    }
}

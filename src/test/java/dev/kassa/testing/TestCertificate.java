package dev.kassa.testing;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * A certificate for {@code localhost} and {@code 127.0.0.1} that nobody has signed but its owner.
 */
public record TestCertificate(X509Certificate certificate, PrivateKey key) {
    private static final String ALIAS = "own";
    private static final String PASSWORD = "changeit";

    /** One that is good for some months. */
    public static TestCertificate create()
            throws IOException, GeneralSecurityException, InterruptedException {
        return create(90);
    }

    public static TestCertificate create(int days)
            throws IOException, GeneralSecurityException, InterruptedException {
        Path file = TestServer.temporary().resolve("store.p12");
        Process keytool =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-alias",
                                ALIAS,
                                "-keyalg",
                                "EC",
                                "-dname",
                                "CN=localhost",
                                "-ext",
                                "SAN=dns:localhost,ip:127.0.0.1",
                                "-validity",
                                Integer.toString(days),
                                "-keystore",
                                file.toString(),
                                "-storepass",
                                PASSWORD)
                        .inheritIO()
                        .start();
        if (keytool.waitFor() != 0) {
            throw new IllegalStateException("keytool failed");
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD.toCharArray());
        }
        return new TestCertificate(
                (X509Certificate) store.getCertificate(ALIAS),
                (PrivateKey) store.getKey(ALIAS, PASSWORD.toCharArray()));
    }

    /** Writes the certificate as PEM. */
    public Path writeCertificate(Path file) throws IOException, GeneralSecurityException {
        return write(file, "CERTIFICATE", certificate.getEncoded());
    }

    /** Writes the private key as PEM, in PKCS #8. */
    public Path writeKey(Path file) throws IOException {
        return write(file, "PRIVATE KEY", key.getEncoded());
    }

    private static Path write(Path file, String what, byte[] content) throws IOException {
        return Files.writeString(
                file,
                "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                        .formatted(what, Base64.getMimeEncoder().encodeToString(content), what));
    }

    /** For a server that shows it. */
    public SSLContext serving() throws GeneralSecurityException, IOException {
        KeyStore store = emptyStore();
        store.setKeyEntry(ALIAS, key, PASSWORD.toCharArray(), new X509Certificate[] {certificate});
        KeyManagerFactory managers =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, PASSWORD.toCharArray());
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(managers.getKeyManagers(), null, null);
        return tls;
    }

    /** For a client that trusts it and nothing else. */
    public SSLContext trusting() throws GeneralSecurityException, IOException {
        KeyStore store = emptyStore();
        store.setCertificateEntry(ALIAS, certificate);
        TrustManagerFactory managers =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(store);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(null, managers.getTrustManagers(), null);
        return tls;
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        char @Nullable [] none = null;
        store.load(null, none);
        return store;
    }
}

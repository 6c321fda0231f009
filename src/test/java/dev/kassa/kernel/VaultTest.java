package dev.kassa.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.springframework.security.crypto.encrypt.AesGcmBytesEncryptor;

class VaultTest {
    private static final Vault.Row ROW = new Vault.Row("destination", "DM1", "a");

    private final KeyRing ring = KeyRing.generate();
    private final Vault vault = new Vault(ring);
    private final String sealed = vault.seal(ROW, "whsec_å");

    @Test
    void itOpensForItsOwnRowAlone() {
        assertThat(sealed).doesNotContain("whsec").startsWith(vault.newestPrefix());
        assertThat(vault.open(ROW, sealed)).isEqualTo("whsec_å");
        assertThat(vault.seal(ROW, "whsec_å")).isNotEqualTo(sealed);
        for (Vault.Row other :
                List.of(
                        new Vault.Row("destination", "DM1", "b"),
                        new Vault.Row("destination", "DM2", "a"),
                        new Vault.Row("idempotency", "DM1", "a"),
                        new Vault.Row("destination", "DM", "1a"))) {
            assertThatThrownBy(() -> vault.open(other, sealed))
                    .as(other.toString())
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void whatIsDamagedDoesNotOpen() {
        String prefix = vault.newestPrefix();
        for (String damaged :
                List.of(
                        "",
                        "x",
                        prefix,
                        prefix + "AAAA",
                        sealed.substring(0, sealed.length() - 4),
                        sealed.replace(prefix, "k1:"),
                        sealed.replace(prefix, "k9999999999:"))) {
            assertThatThrownBy(() -> vault.open(ROW, damaged))
                    .as(damaged)
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void aNewKeyIsLookedForOnceAndADroppedOneStaysKnown() {
        KeyRing newer = ring.withNewPrimary();
        KeyRing newest = newer.without(Set.of(ring.primary()));
        String underTheNewKey = new Vault(newer).seal(ROW, "new");
        Vault server = new Vault(ring, () -> newest, List.of());
        assertThat(server.open(ROW, underTheNewKey)).isEqualTo("new");
        assertThat(server.newestPrefix()).isNotEqualTo(vault.newestPrefix());
        assertThat(server.open(ROW, sealed)).as("still in memory").isEqualTo("whsec_å");
        assertThatThrownBy(() -> new Vault(newest).open(ROW, sealed))
                .as("after a restart")
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void theRingOpensWithItsMasterKeyAlone() {
        MasterKey master = new MasterKey("m".repeat(32));
        KeyRing.Wrapped wrapped = ring.wrap(master);
        KeyRing again = KeyRing.unwrap(wrapped, new MasterKey("m".repeat(32))).orElseThrow();
        assertThat(new Vault(again).open(ROW, sealed)).isEqualTo("whsec_å");
        assertThat(new Vault(again).tag("text")).isEqualTo(vault.tag("text")).hasSize(16);
        assertThat(KeyRing.unwrap(wrapped, new MasterKey("n".repeat(32)))).isEmpty();
        assertThat(
                        KeyRing.unwrap(
                                new KeyRing.Wrapped(
                                        /* dataKeys= */ wrapped.tagKey(),
                                        /* tagKey= */ wrapped.dataKeys()),
                                master))
                .as("the parts changed over")
                .isEmpty();
    }

    @Test
    void whatWasSealedBeforeThereWasARingOpens() {
        String text = "the master key of former times, long";
        byte[] bytes =
                AesGcmBytesEncryptor.withSecretKey(new SecretKeySpec(Secrets.sha256(text), "AES"))
                        .build()
                        .encrypt("old".getBytes(StandardCharsets.UTF_8));
        String old = Base64.getEncoder().encodeToString(bytes);
        MasterKey other = new MasterKey("n".repeat(32));
        Vault now =
                new Vault(ring, () -> ring, List.of(other.former(), new MasterKey(text).former()));
        assertThat(now.open(ROW, old)).isEqualTo("old");
        assertThatThrownBy(() -> vault.open(ROW, old)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void nothingPrintsAKey() {
        MasterKey master = new MasterKey("m".repeat(32));
        assertThat(List.of(ring, ring.wrap(master), master).toString())
                .doesNotContain("mmm")
                .hasSizeLessThan(60);
    }
}

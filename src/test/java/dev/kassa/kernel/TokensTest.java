package dev.kassa.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;

class TokensTest {
    private final Tokens tokens = new Tokens(new Vault(KeyRing.generate()));

    @Test
    void onlyTheInstallationMakesThem() {
        String token = tokens.next("kpos_");
        assertThat(token).startsWith("kpos_").matches("kpos_[\\w-]{48}");
        assertThat(tokens.isOurs(token)).isTrue();
        assertThat(tokens.isOurs(token + "x")).isFalse();
        assertThat(tokens.isOurs("x" + token)).isFalse();
        assertThat(tokens.isOurs(token.toUpperCase(Locale.ROOT))).isFalse();
        assertThat(tokens.isOurs("kpos_" + Secrets.text(36))).isFalse();
        assertThat(tokens.isOurs("")).isFalse();
        assertThat(new Tokens(new Vault(KeyRing.generate())).isOurs(token)).isFalse();
        assertThat(tokens.next("kpos_")).isNotEqualTo(token);
    }
}

package dev.kassa.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The published test vector, made by hand from the Standard Webhooks specification. */
class SignatureTest {
    private static final String BODY =
            "{\"id\":\"kevt_62EvxyMEaAaHSGeoDTza47\",\"merchant_id\":\"DM11917000\","
                    + "\"timestamp\":\"2026-06-05T18:33:39.608920367Z\","
                    + "\"type\":\"ipp.session.finalized\",\"data\":{"
                    + "\"session_id\":\"dc01aa86-fb99-4d05-97dc-e79a22650f9a\","
                    + "\"order_id\":\"ccf4e76a-f56d-4d3a-abf9-f4fe941f0a1f\","
                    + "\"failure_reason\":null}}";

    @Test
    void vector() {
        assertThat(BODY).hasSize(272);
        assertThat(sign("whsec_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcY"))
                .isEqualTo("v1,fYLOQiiGESJJXv8KEBxxq9ZPPtRenkIo3u8FIA32TiM=");
        assertThat(sign("whsec_ZWZnaGlqa2xtbm9wcXJzdHV2d3h5ent8"))
                .isEqualTo("v1,rE+oMAtHuT8o3LANOpfSTAzgb6ibWGu93zlSGaiKsXs=");
    }

    private static String sign(String secret) {
        return Signature.sign(secret, "kevt_62EvxyMEaAaHSGeoDTza47", 1_780_684_419L, BODY);
    }

    @Test
    void newSecretsHaveTheDocumentedForm() {
        assertThat(Signature.newSecret()).matches("whsec_[A-Za-z0-9+/]{43}=");
        assertThat(Signature.newSecret()).isNotEqualTo(Signature.newSecret());
    }
}

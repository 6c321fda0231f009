package dev.kassa.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kassa.kernel.DestinationId;
import dev.kassa.kernel.KeyRing;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Network;
import dev.kassa.kernel.Vault;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressGuardTest {
    private static final AddressGuard PUBLIC = AddressGuard.publicAnd(List.of());

    private static InetAddress address(String text) {
        return InetAddress.ofLiteral(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "10.0.0.1",
                "100.64.0.1",
                "100.100.100.200",
                "127.0.0.1",
                "127.255.255.254",
                "168.63.129.16",
                "169.254.169.254",
                "172.16.0.1",
                "172.31.255.255",
                "192.0.0.192",
                "192.0.2.1",
                "192.168.1.1",
                "198.18.0.1",
                "198.19.255.255",
                "203.0.113.9",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "::127.0.0.1",
                "::ffff:127.0.0.1",
                "::ffff:10.0.0.1",
                "::ffff:0:10.0.0.1",
                "64:ff9b::7f00:1",
                "64:ff9b::a9fe:a9fe",
                "64:ff9b:1::1",
                "100::1",
                "2001::1",
                "2001:db8::1",
                "2002:7f00:1::",
                "2002:a00:1::1",
                "3fff::1",
                "5f00::1",
                "fc00::1",
                "fd00:ec2::254",
                "fe80::1",
                "fec0::1",
                "ff02::1"
            })
    void refused(String address) {
        assertThat(PUBLIC.allows(address(address))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "100.63.255.255",
                "100.128.0.0",
                "172.15.255.255",
                "172.32.0.0",
                "192.167.255.255",
                "198.17.255.255",
                "223.255.255.255",
                "2606:4700::1111",
                "2a00:1450::1",
                "64:ff9b::101:101"
            })
    void allowed(String address) {
        assertThat(PUBLIC.allows(address(address))).isTrue();
    }

    @Test
    void theOperatorMayAllowBlocks() {
        AddressGuard guard =
                AddressGuard.publicAnd(
                        List.of(Network.parse("10.1.2.0/23"), Network.parse("fd00::5")));
        assertThat(guard.allows(address("10.1.3.255"))).isTrue();
        assertThat(guard.allows(address("10.1.4.0"))).isFalse();
        assertThat(guard.allows(address("fd00::5"))).isTrue();
        assertThat(guard.allows(address("fd00::6"))).isFalse();
        for (String bad : new String[] {"10.0.0.0/33", "10.0.0.0/x", "host", "1.2.3.4/-1"}) {
            assertThatThrownBy(() -> Network.parse(bad))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static DeliveryAttempt send(DnsResolver names, AddressGuard guard, String url) {
        var claim =
                new Claim(
                        DestinationId.next(),
                        new MerchantId("DM1"),
                        1,
                        "kevt_1",
                        null,
                        0,
                        Instant.EPOCH,
                        "{}");
        Vault vault = new Vault(KeyRing.generate());
        String sealed =
                vault.seal(
                        DestinationTable.row(claim.merchantId(), claim.destinationId()),
                        Signature.newSecret());
        var target = new Target(URI.create(url), true, sealed, null, null);
        var secrets = new SigningSecrets(vault);
        try (Sender sender = new Sender(names, guard, secrets, InstantSource.system())) {
            return sender.send(claim, target);
        }
    }

    /** A name server that answers a public address first, for the check, and then the real aim. */
    private record Rebinding(AtomicInteger asked, List<String> answers) implements DnsResolver {
        @Override
        public InetAddress[] resolve(String host) {
            int n = Math.min(asked.getAndIncrement(), answers.size() - 1);
            return new InetAddress[] {address(answers.get(n))};
        }

        @Override
        public String resolveCanonicalHostname(String host) {
            return host;
        }
    }

    private record Fixed(List<String> answers) implements DnsResolver {
        @Override
        public InetAddress[] resolve(String host) {
            return answers.stream().map(AddressGuardTest::address).toArray(InetAddress[]::new);
        }

        @Override
        public String resolveCanonicalHostname(String host) {
            return host;
        }
    }

    /** The address that was checked is the one that is connected to: the name is asked once. */
    @Test
    void aNameThatChangesItsAnswerGainsNothing() throws IOException {
        try (ServerSocket inside = new ServerSocket(0, 10, address("127.0.0.1"))) {
            inside.setSoTimeout(1);
            String url = "http://rebinding.example:" + inside.getLocalPort() + "/";
            AddressGuard guard = AddressGuard.publicAnd(List.of(Network.parse("127.0.0.2")));
            var names = new Rebinding(new AtomicInteger(), List.of("127.0.0.2", "127.0.0.1"));
            DeliveryAttempt first = send(names, guard, url);
            assertThat(names.asked).hasValue(1);
            assertThat(first.error()).startsWith("no connection");
            DeliveryAttempt second = send(names, guard, url);
            assertThat(second.error()).contains("not an address of the public internet");
            assertThatThrownBy(inside::accept).hasMessageContaining("timed out");
        }
    }

    @Test
    void oneForbiddenAddressAmongSeveralIsEnough() {
        DnsResolver names = new Fixed(List.of("1.1.1.1", "::1"));
        assertThat(send(names, PUBLIC, "http://mixed.example/").error())
                .contains("not an address of the public internet");
    }

    /**
     * Forms of loopback that are no dotted quad, and literals, which no name server is asked for.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1:9/",
                "http://2130706433:9/",
                "http://127.1:9/",
                "http://[::1]:9/",
                "http://[::ffff:127.0.0.1]:9/",
                "http://0.0.0.0:9/",
                "http://localhost:9/"
            })
    void noFormOfLoopbackIsConnectedTo(String url) {
        assertThat(send(SystemDefaultDnsResolver.INSTANCE, PUBLIC, url).error())
                .contains("not an address of the public internet");
    }
}

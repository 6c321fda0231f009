package dev.kassa.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What browsers make of the same texts: RFC 3986 with UTF-8, and IDNA. */
class DestinationUrlTest {
    @ParameterizedTest
    @CsvSource({
        "https://shop.example/hook?a=b, https://shop.example/hook?a=b",
        "http://127.0.0.1:9000/😀, http://127.0.0.1:9000/%F0%9F%98%80",
        "https://x.example/hök?ä=ö, https://x.example/h%C3%B6k?%C3%A4=%C3%B6",
        "https://x.example/%C3%B6/ö, https://x.example/%C3%B6/%C3%B6",
        "https://x.example/o\u0308, https://x.example/o%CC%88",
        "https://x.example/日本?q=語, https://x.example/%E6%97%A5%E6%9C%AC?q=%E8%AA%9E",
        "https://bücher.example/, https://xn--bcher-kva.example/",
        "https://BÜCHER.example:8443, https://xn--bcher-kva.example:8443",
        "https://例え.テスト/x, https://xn--r8jz45g.xn--zckzah/x",
        "https://i❤.example/, https://xn--i-7iq.example/",
        "https://😀.example/, https://xn--e28h.example/",
        "https://shop。example/, https://shop.example/",
        "https://１２７.0.0.1/, https://127.0.0.1/",
        "http://[::1]:80/ö, http://[::1]:80/%C3%B6",
        "HTTPS://Shop.example/Hook, https://Shop.example/Hook",
        "https://x.example/a b?c d, https://x.example/a%20b?c%20d",
        "'https://x.example/{id}|\"<a>^`[0]', https://x.example/%7Bid%7D%7C%22%3Ca%3E%5E%60%5B0%5D",
        "https://x.example/?a[]={1|2}, https://x.example/?a%5B%5D=%7B1%7C2%7D",
        "' \thttps://x.example/hook \n', https://x.example/hook",
        "http://shop_web_1:8080/hook, http://shop_web_1:8080/hook",
        "'https://x.example/a,b;c=(1)*!$''~@:&+', 'https://x.example/a,b;c=(1)*!$''~@:&+'",
    })
    void whatIsNotAsciiIsEncoded(String typed, String kept) {
        assertThat(DestinationUrl.parse(typed)).hasToString(kept);
        assertThat(DestinationUrl.parse(kept)).as("kept already").hasToString(kept);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://x.example/a\r\nHost: y",
                "https://x.example/a\tb",
                "https://x.example\\@y.example/",
                "https://a b.example/",
                "https://x.example/%zz",
                "https://x.example/ö%",
                "https://a\u202eb.example/",
                "https://ö ä.example/"
            })
    void whatIsNoUrlIsRefused(String typed) {
        assertThatThrownBy(() -> DestinationUrl.parse(typed))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** Names of containers have underscores; {@link URI} takes them for no host. */
    @ParameterizedTest
    @CsvSource({
        "http://shop_web_1:8080/hook, shop_web_1, true",
        "http://my-shop_web, my-shop_web, true",
        "http://_a.b_c./, _a.b_c., true",
        "http://shop_web:0/, shop_web, false",
        "http://shop_web:65536/, shop_web, false",
        "http://shop.example:65535/, shop.example, true",
        "http://shop.example:/, shop.example, true",
        "http://shop.example:0/, shop.example, false",
        "http://shop.example:65536/, shop.example, false",
        "http://shop..web_1/, , true",
        "http://-shop_web/, , true",
        "http://u@shop_web/, , true",
        "http:///shop_web, , true",
    })
    void hostsAndPorts(String url, String host, boolean usablePort) {
        URI parsed = DestinationUrl.parse(url);
        assertThat(DestinationUrl.host(parsed)).isEqualTo(Optional.ofNullable(host));
        assertThat(DestinationUrl.hasUsablePort(parsed)).isEqualTo(usablePort);
    }

    /** Java would send them to strasse.example; browsers go to xn--strae-oqa.example. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://straße.example/",
                "https://σύνδεσμος.example/",
                "https://a\u200db.example/"
            })
    void aHostReadInTwoWaysIsRefused(String typed) {
        assertThatThrownBy(() -> DestinationUrl.parse(typed))
                .isInstanceOf(DestinationUrl.AmbiguousUrlException.class);
    }
}

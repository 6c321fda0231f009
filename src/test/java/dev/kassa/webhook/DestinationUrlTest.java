package dev.kassa.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
    })
    void whatIsNotAsciiIsEncoded(String typed, String kept) {
        assertThat(DestinationUrl.parse(typed)).hasToString(kept);
        assertThat(DestinationUrl.parse(kept)).as("kept already").hasToString(kept);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://x.example/a b",
                "https://x.example/%zz",
                "https://x.example/ö%",
                "https://a\u202eb.example/",
                "https://ö ä.example/"
            })
    void whatIsNoUrlIsRefused(String typed) {
        assertThatThrownBy(() -> DestinationUrl.parse(typed))
                .isInstanceOf(IllegalArgumentException.class);
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
                .isInstanceOf(DestinationUrl.TwoReadings.class);
    }
}

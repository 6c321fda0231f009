package dev.kassa.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TextTest {
    private static String of(int codePoint) {
        return Character.toString(codePoint);
    }

    /** Whatever Unicode calls a blank, a control or a surrogate is nothing to see. */
    @Test
    void nothingThatUnicodeLeavesUndrawnIsSeen() {
        IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
                .filter(c ->
                        Character.isWhitespace(c)
                                || Character.isSpaceChar(c)
                                || Character.isISOControl(c)
                                || Character.getType(c) == Character.SURROGATE)
                .forEach(c -> assertThat(Text.isBlank(of(c))).as("U+%04X", c).isTrue());
        assertThat(Text.isBlank("")).isTrue();
    }

    /** Whatever has a place in an alphabet, a number or a sign is something to see. */
    @Test
    void lettersDigitsSignsAndPicturesAreSeen() {
        IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
                .filter(c ->
                        Character.isDigit(c)
                                || Character.isUpperCase(c)
                                || Character.isLowerCase(c)
                                || Character.isIdeographic(c)
                                || Character.isEmoji(c)
                                || Character.getType(c) == Character.CURRENCY_SYMBOL)
                .forEach(c -> assertThat(Text.isBlank(of(c))).as("U+%04X", c).isFalse());
        assertThat(Text.isBlank("\u200b\u00e5\u200b")).isFalse();
    }

    @Test
    void everyControlAndOverrideIsAMarkAndNothingElseChanges() {
        IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
                .forEach(c -> {
                    boolean breaks = c == '\n' || c == '\r' || c == '\t';
                    boolean marked =
                            Character.isISOControl(c)
                                    || c == 0x202D
                                    || c == 0x202E
                                    || Character.getType(c) == Character.SURROGATE;
                    assertThat(Text.printable("a" + of(c) + "b"))
                            .isEqualTo(breaks ? "a b" : marked ? "a\uFFFDb" : "a" + of(c) + "b");
                });
    }

    @Test
    void whatIsCutIsCutBetweenCharacters() {
        assertThat(Text.storable("a\u0000b\ud83d\ude00c", 3)).isEqualTo("ab\ud83d\ude00");
        assertThat(Text.storable("\ud83dx", 5)).isEqualTo("x");
        assertThat(Text.isStorable("a\u0000")).isFalse();
        assertThat(Text.isStorable("\ud83d")).isFalse();
        assertThat(Text.isStorable("\ud83d\ude00")).isTrue();
    }
}

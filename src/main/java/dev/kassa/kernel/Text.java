package dev.kassa.kernel;

import java.util.PrimitiveIterator;

/** What can be kept of a text, seen of it, and printed of it, in any writing of Unicode. */
public final class Text {
    /** Stands where a character is not printed. */
    private static final char MARK = '\uFFFD';

    /** Fillers and blanks that Unicode counts as letters, marks or symbols. */
    private static final String INVISIBLE =
            "\u034F\u115F\u1160\u17B4\u17B5\u180B\u180C\u180D\u180F\u2800\u3164\uFFA0";

    /** Signs that are drawn although Unicode counts them as format characters. */
    private static final String DRAWN =
            "\u0600\u0601\u0602\u0603\u0604\u0605\u06DD\u070F\u0890\u0891\u08E2";

    private static final int LEFT_TO_RIGHT_OVERRIDE = 0x202D;
    private static final int RIGHT_TO_LEFT_OVERRIDE = 0x202E;

    private Text() {}

    /** PostgreSQL keeps neither NUL nor half of a surrogate pair. */
    public static boolean isStorable(String text) {
        return text.codePoints().allMatch(Text::isStorable);
    }

    private static boolean isStorable(int c) {
        return c != 0 && (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE);
    }

    /** The text without what {@link #isStorable} refuses, cut after {@code limit} characters. */
    public static String storable(String text, int limit) {
        return text.codePoints()
                .filter(Text::isStorable)
                .limit(limit)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /** Whether there is nothing to see: empty, or blanks, controls and fillers alone. */
    public static boolean isBlank(String text) {
        return text.codePoints().noneMatch(Text::isSeen);
    }

    private static boolean isSeen(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.SURROGATE,
                    Character.SPACE_SEPARATOR,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    false;
            case Character.FORMAT -> DRAWN.indexOf(c) >= 0;
            default -> INVISIBLE.indexOf(c) < 0 && !isSelector(c);
        };
    }

    /** Variation selectors, and the planes' blocks that are ignored by default. */
    private static boolean isSelector(int c) {
        return (c >= 0xFE00 && c <= 0xFE0F)
                || (c >= 0xFFF0 && c <= 0xFFF8)
                || (c >= 0xE0000 && c <= 0xE0FFF)
                || c == 0x2065;
    }

    /**
     * As it can stand on a page, a receipt or a terminal: control characters and overrides of the
     * writing direction, which could make a line say something else, are a mark each. A line break
     * or tab is a space.
     */
    public static String printable(String text) {
        StringBuilder printable = new StringBuilder(text.length());
        for (PrimitiveIterator.OfInt each = text.codePoints().iterator(); each.hasNext(); ) {
            int c = each.nextInt();
            if (c == '\n' || c == '\r' || c == '\t') {
                printable.append(' ');
            } else if (Character.getType(c) == Character.CONTROL
                    || c == LEFT_TO_RIGHT_OVERRIDE
                    || c == RIGHT_TO_LEFT_OVERRIDE
                    || !isStorable(c)) {
                printable.append(MARK);
            } else {
                printable.appendCodePoint(c);
            }
        }
        return printable.toString();
    }
}

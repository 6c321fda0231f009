package dev.kassa.receipt;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ResourceBundle;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The languages of receipts. Words are in {@code receipt/words_….properties}. */
enum Language {
    SV("sv-SE", "Svenska"),
    NB("nb-NO", "Norsk"),
    DA("da-DK", "Dansk"),
    FI("fi-FI", "Suomi"),
    EN("en-GB", "English");

    private final Locale locale;
    private final String ownName;

    Language(String tag, String ownName) {
        this.locale = Locale.forLanguageTag(tag);
        this.ownName = ownName;
    }

    /** The language asked for, else the best that the reader accepts, else the store's. */
    static Language choose(@Nullable String asked, @Nullable String accepted, String store) {
        if (asked != null) {
            for (Language language : values()) {
                if (language.code().equals(asked)) {
                    return language;
                }
            }
        }
        Language best = accepted == null ? null : best(accepted);
        return best == null ? Language.lookup(store) : best;
    }

    private static @Nullable Language best(String accepted) {
        try {
            List<Locale.LanguageRange> ranges = Locale.LanguageRange.parse(accepted, OTHER_NAMES);
            Locale found =
                    Locale.lookup(
                            ranges,
                            Arrays.stream(values()).map(language -> language.bare()).toList());
            return found == null ? null : lookup(found.toLanguageTag());
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Norwegian has two written forms and an umbrella; all are served in one. */
    private static final Map<String, List<String>> OTHER_NAMES =
            Map.of("no", List.of("nb"), "nn", List.of("nb"));

    private static Language lookup(String tag) {
        String code = Locale.forLanguageTag(tag).getLanguage();
        return Arrays.stream(values())
                .filter(language -> language.code().equals(code))
                .findFirst()
                .orElse(EN);
    }

    private Locale bare() {
        return Locale.forLanguageTag(code());
    }

    /** As in {@code ?lang=} and in HTML. */
    public String code() {
        return locale.getLanguage();
    }

    /** What its speakers call it. */
    public String ownName() {
        return ownName;
    }

    Locale locale() {
        return locale;
    }

    /** The words of the page by their names. */
    Map<String, String> words() {
        ResourceBundle bundle =
                ResourceBundle.getBundle(
                        "receipt.words",
                        bare(),
                        ResourceBundle.Control.getNoFallbackControl(
                                ResourceBundle.Control.FORMAT_PROPERTIES));
        Map<String, String> words = new TreeMap<>();
        bundle.keySet().forEach(key -> words.put(key, bundle.getString(key)));
        return words;
    }
}

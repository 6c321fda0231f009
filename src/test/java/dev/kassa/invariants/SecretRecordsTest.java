package dev.kassa.invariants;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.kassa.cli.Kassa;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.net.URI;
import java.util.Arrays;
import java.util.Currency;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A record prints all that it has, into a log or a trace, unless it says otherwise. So over all
 * records of which a part is a secret by its name, or holds one: it is not printed.
 */
class SecretRecordsTest {
    private static final String SECRET = "s3cr3t";

    /** Secrets under names that do not say so. */
    private static final Set<String> OTHERS =
            Set.of(
                    "PlaygroundEnv.values",
                    "SettingsReader.values",
                    "IdempotencyTable$StoredAnswer.body",
                    "Action$Scan.payload",
                    "BasicCredentials.key",
                    "ApiKey.key",
                    "DatabaseCommand$Done.text",
                    "MerchantCommand$Create$View.ownerInvitation",
                    "SecretSealing$Row.previous");

    static Stream<Class<?>> records() {
        return new ClassFileImporter()
                .importUrl(Kassa.class.getProtectionDomain().getCodeSource().getLocation()).stream()
                        .filter(type -> type.isRecord())
                        .<Class<?>>map(JavaClass::reflect)
                        .filter(type -> holdsASecret(type, new HashSet<>()));
    }

    /** A record of which a part is a secret, or holds one; or what may be such a record. */
    private static boolean holdsASecret(Type type, Set<Type> seen) {
        if (type instanceof ParameterizedType generic) {
            return Arrays.stream(generic.getActualTypeArguments())
                    .anyMatch(argument -> holdsASecret(argument, seen));
        }
        if (!(type instanceof Class<?> plain)
                || !plain.getName().startsWith("dev.kassa.")
                || !seen.add(type)) {
            return false;
        }
        return plain.isSealed()
                ? Arrays.stream(plain.getPermittedSubclasses())
                        .anyMatch(one -> holdsASecret(one, seen))
                : plain.isRecord()
                        && Arrays.stream(plain.getRecordComponents())
                                .anyMatch(part ->
                                        isSecret(part)
                                                || holdsASecret(part.getGenericType(), seen));
    }

    private static boolean isSecret(RecordComponent component) {
        String name = component.getName();
        boolean says =
                name.matches(
                                "(?i).*(secret|password|passphrase|token|authorization|credential"
                                        + "|masterKey|apiKey|receiptUrl|qrPayload).*")
                        && !name.endsWith("Hash")
                        && text(component.getType());
        return says || OTHERS.contains(name(component));
    }

    private static String name(RecordComponent component) {
        String owner = component.getDeclaringRecord().getName().replaceAll(".*\\.", "");
        return owner + "." + component.getName();
    }

    private static boolean text(Class<?> type) {
        return Set.of(String.class, URI.class, Optional.class, List.class, Map.class)
                .contains(type);
    }

    @Test
    void thoseThatAreKnownAreMet() {
        assertThat(records().map(Class::getSimpleName))
                .contains(
                        "PlaygroundEnv",
                        "ApiClient",
                        "Signer",
                        "NewDevice",
                        "StoredAnswer",
                        "Payment",
                        "Order",
                        "Registration")
                .hasSizeGreaterThan(18);
    }

    @Test
    void theListHasNoNameThatIsGone() {
        List<String> parts =
                records()
                        .flatMap(type -> Arrays.stream(type.getRecordComponents()))
                        .map(SecretRecordsTest::name)
                        .toList();
        assertThat(parts).containsAll(OTHERS);
    }

    @ParameterizedTest
    @MethodSource("records")
    void itIsNotPrinted(Class<?> type) throws ReflectiveOperationException {
        assertThat(String.valueOf(filled(type))).doesNotContain(SECRET);
    }

    /** With the secret wherever one belongs. */
    private static Object filled(Class<?> type) throws ReflectiveOperationException {
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types =
                Arrays.stream(components)
                        .map(RecordComponent::getType)
                        .toArray(length -> new Class<?>[length]);
        @Nullable Object[] values = new @Nullable Object[components.length];
        for (int i = 0; i < values.length; i++) {
            values[i] =
                    isSecret(components[i])
                            ? value(types[i], SECRET)
                            : holding(components[i].getGenericType());
        }
        Constructor<?> constructor = type.getDeclaredConstructor(types);
        constructor.setAccessible(true);
        return constructor.newInstance(values);
    }

    /** What holds a secret, if this type may. */
    private static @Nullable Object holding(Type type) throws ReflectiveOperationException {
        if (type instanceof ParameterizedType generic) {
            Class<?> raw = (Class<?>) generic.getRawType();
            Type last =
                    generic.getActualTypeArguments()[generic.getActualTypeArguments().length - 1];
            @Nullable Object held = holdsASecret(last, new HashSet<>()) ? holding(last) : null;
            if (held == null) {
                return value(raw, "plain");
            }
            return raw == Optional.class
                    ? Optional.of(held)
                    : raw == Map.class ? Map.of("name", held) : List.of(held);
        }
        Class<?> plain = (Class<?>) type;
        if (plain.isSealed() && holdsASecret(plain, new HashSet<>())) {
            for (Class<?> one : plain.getPermittedSubclasses()) {
                if (holdsASecret(one, new HashSet<>())) {
                    return holding(one);
                }
            }
        }
        return value(plain, "plain");
    }

    private static @Nullable Object value(Class<?> type, String text)
            throws ReflectiveOperationException {
        if (type == String.class) {
            return text;
        }
        if (type == Currency.class) {
            return Currency.getInstance("SEK");
        }
        if (type == UUID.class) {
            return UUID.randomUUID();
        }
        if (type == URI.class) {
            return URI.create("https://" + text + ".example/");
        }
        if (type == List.class) {
            return List.of(text);
        }
        if (type == Map.class) {
            return Map.of("name", text);
        }
        if (type == Optional.class) {
            return Optional.of(text);
        }
        if (type.isPrimitive()) {
            return Array.get(Array.newInstance(type, 1), 0);
        }
        return type.isRecord() && type.getName().startsWith("dev.kassa.") ? filled(type) : null;
    }
}

package dev.kassa.payment;

import dev.kassa.kernel.Problem;
import io.micrometer.observation.ObservationRegistry;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.springframework.stereotype.Component;

/** The providers of this deployment. */
@Component
public final class Providers {
    private final Map<String, Provider> byName;

    Providers(List<Provider> providers, ObservationRegistry observations) {
        byName =
                providers.stream()
                        .map(provider -> new ObservedProvider(provider, observations))
                        .collect(Collectors.toMap(Provider::name, Function.identity()));
    }

    /**
     * Who collects by this method.
     *
     * @throws Problem CONFLICT when nobody does
     */
    public Provider choose(Method method) {
        return byName.values().stream()
                .findFirst()
                .orElseThrow(() ->
                        Problem.conflict("No provider is set up for " + method.wire() + " here."));
    }

    /** The provider that an attempt was given to. */
    Provider of(Attempt attempt) {
        return named(attempt.provider());
    }

    /** The provider of this name, which a row of ours names. */
    public Provider named(String name) {
        return find(name)
                .orElseThrow(() -> new IllegalStateException("no provider " + name + " is set up"));
    }

    /** The provider of this name, if this deployment has it. */
    Optional<Provider> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** A provider that cannot be reached is daily life; anything else is told with its trace. */
    static void logSilence(Logger log, String provider, String about, RuntimeException e) {
        if (e instanceof UncheckedIOException) {
            log.warn("{} gave no answer about {}: {}", provider, about, e.getMessage());
        } else {
            log.warn("{} gave no answer about {}", provider, about, e);
        }
    }
}

package dev.kassa.payment;

import dev.kassa.kernel.Problem;
import io.micrometer.observation.ObservationRegistry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** The providers of this deployment. */
@Component
public final class Providers {
    private final Map<String, Provider> byName;

    Providers(List<Provider> providers, ObservationRegistry observations) {
        byName =
                providers.stream()
                        .map(provider -> new ObservedProvider(provider, observations))
                        .collect(
                                Collectors.toMap(
                                        Provider::name,
                                        Function.identity(),
                                        (one, other) -> {
                                            throw new IllegalStateException(
                                                    "two providers are named " + one.name());
                                        },
                                        LinkedHashMap::new));
    }

    /**
     * Who collects by this method.
     *
     * @throws Problem CONFLICT when nobody does
     */
    public Provider choose(PaymentMethod method) {
        return byName.values().stream()
                .findFirst()
                .orElseThrow(() ->
                        Problem.conflict("No provider is set up for " + method.wire() + " here."));
    }

    /** The provider that an attempt was given to. */
    Provider of(Attempt attempt) {
        return named(attempt.provider());
    }

    /**
     * The provider of this name, which a row of ours names. One that this deployment no longer has
     * answers {@code Unknown} to everything.
     */
    public Provider named(String name) {
        return find(name).orElseGet(() -> new UnavailableProvider(name));
    }

    /** The provider of this name, if this deployment has it. */
    Optional<Provider> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }
}

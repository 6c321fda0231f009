package dev.kassa.testing;

import io.kotest.property.Arb;
import io.kotest.property.PropTestConfig;
import io.kotest.property.PropertyTest1Kt;
import io.kotest.property.Shrinker;
import io.kotest.property.ShrinkingMode;
import io.kotest.property.arbitrary.BuildersKt;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import kotlin.Unit;
import kotlin.coroutines.EmptyCoroutineContext;
import org.jspecify.annotations.Nullable;

/**
 * Checks that something holds for many generated lists. When it does not, Kotest makes the list
 * shorter as long as it still fails, and prints it with the seed that repeats the run.
 */
public final class Property {
    /** Runs spent on making a failing list shorter. */
    private static final int SHRINKING = 400;

    private Property() {}

    /**
     * Checks {@code runs} lists.
     *
     * @param seed the seed that a failing run printed; null for a new one
     */
    public static <T> void forAll(
            int runs,
            @Nullable Long seed,
            Function<SplittableRandom, List<T>> generator,
            Consumer<List<T>> check) {
        Shrinker<List<T>> shrinker = Property::shorter;
        Arb<List<T>> lists =
                BuildersKt.arbitrary(
                        shrinker,
                        (context, random, continuation) ->
                                generator.apply(
                                        new SplittableRandom(random.getRandom().nextLong())));
        PropTestConfig defaults = new PropTestConfig();
        PropTestConfig config =
                defaults.copy(
                        seed,
                        runs,
                        0,
                        new ShrinkingMode.Bounded(SHRINKING),
                        runs,
                        defaults.getListeners(),
                        defaults.getEdgeConfig(),
                        defaults.getOutputClassifications(),
                        defaults.getClassificationReporter(),
                        defaults.getConstraints(),
                        defaults.getMaxDiscardPercentage(),
                        defaults.getSkipTo(),
                        defaults.getOutputHexForUnprintableChars());
        System.setProperty("kotest.assertions.collection.print.size", "1000");
        try {
            var _ =
                    kotlinx.coroutines.BuildersKt.runBlocking(
                            EmptyCoroutineContext.INSTANCE,
                            (scope, continuation) ->
                                    PropertyTest1Kt.checkAll(
                                            runs,
                                            config,
                                            lists,
                                            (context, list, inner) -> {
                                                check.accept(list);
                                                return Unit.INSTANCE;
                                            },
                                            continuation));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The list without one of its halves, quarters, … or elements: largest cuts first. */
    private static <T> List<List<T>> shorter(List<T> list) {
        List<List<T>> candidates = new ArrayList<>();
        for (int cut = list.size() / 2; cut >= 1; cut /= 2) {
            for (int from = 0; from + cut <= list.size(); from += cut) {
                List<T> rest = new ArrayList<>(list.subList(0, from));
                rest.addAll(list.subList(from + cut, list.size()));
                candidates.add(rest);
            }
        }
        return candidates;
    }
}

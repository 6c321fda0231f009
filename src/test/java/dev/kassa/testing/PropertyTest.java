package dev.kassa.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** That a broken property is found, made short and printed with its seed. */
class PropertyTest {
    @Test
    void aFailureIsMadeShortAndNamesItsSeed() {
        assertThatThrownBy(() ->
                        Property.forAll(
                                20,
                                null,
                                random -> IntStream.range(0, 100).boxed().toList(),
                                list ->
                                        assertThat(list.contains(17) && list.contains(60))
                                                .isFalse()))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("seed")
                .hasMessageContaining("[17, 60]");
    }

    @Test
    void aSeedRepeatsItsRun() {
        List<Integer> first = new ArrayList<>();
        List<Integer> second = new ArrayList<>();
        Property.forAll(5, 7L, random -> List.of(random.nextInt()), first::addAll);
        Property.forAll(5, 7L, random -> List.of(random.nextInt()), second::addAll);
        assertThat(first).hasSize(5).isEqualTo(second);
    }
}

package dev.kassa.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SessionStatusTest {
    @Test
    void finalStatusesLeadNowhere() {
        Set<SessionStatus> finals =
                Arrays.stream(SessionStatus.values())
                        .filter(SessionStatus::isFinal)
                        .collect(Collectors.toSet());
        assertThat(finals)
                .containsExactlyInAnyOrder(
                        SessionStatus.FINALIZED,
                        SessionStatus.CANCELLED,
                        SessionStatus.EXPIRED,
                        SessionStatus.FAILED);
    }

    /** ARCHITECTURE.md draws the same arrows as the code. */
    @Test
    void theDiagramIsTrue() throws IOException {
        String page = Files.readString(Path.of("ARCHITECTURE.md"));
        Matcher arrow =
                Pattern.compile("^ {4}([A-Z]+) --> ([A-Z]+)", Pattern.MULTILINE).matcher(page);
        Set<String> drawn = new TreeSet<>();
        while (arrow.find()) {
            drawn.add(arrow.group(1) + " --> " + arrow.group(2));
        }
        Set<String> coded = new TreeSet<>();
        for (SessionStatus from : SessionStatus.values()) {
            from.next().forEach(to -> coded.add(from + " --> " + to));
        }
        assertThat(drawn).isEqualTo(coded);
    }
}

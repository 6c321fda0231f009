package dev.kassa.invariants.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.payment.simulator.SignedCallbacks;
import dev.kassa.testing.Contract;
import dev.kassa.testing.DatabaseChanges;
import dev.kassa.testing.MovableClock;
import dev.kassa.testing.TestServer;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Requests generated from all OpenAPI files, most of them nearly right, for things of many kinds
 * and states: no 5xx, no answer that is not documented, and nothing changed by one that was
 * refused. Seed and count are printed; {@code -Dkassa.fuzz.seed} and {@code -Dkassa.fuzz.requests}
 * set them.
 */
class FuzzTest {
    private static final int REQUESTS = Integer.getInteger("kassa.fuzz.requests", 3000);
    private static final long SEED = Long.getLong("kassa.fuzz.seed", System.nanoTime());

    /** Requests for the same merchants. */
    private static final int WORLD = 400;

    /** Requests after which their ids are read anew. */
    private static final int LOOK = 25;

    /** Requests that went wrong, after which there are enough. */
    private static final int FAULTS = Integer.getInteger("kassa.fuzz.faults", 10);

    /** From so many requests on, each operation must have been granted once. */
    private static final int MANY = 20_000;

    private final TestServer server = TestServer.start(MovableClock.stopped()).withoutLoops();
    private final DatabaseChanges changes = new DatabaseChanges(server.jdbc);
    private final FuzzRandom random = new FuzzRandom(SEED);
    private final FuzzClient client = new FuzzClient(server.url());
    private final FuzzBroken broken = new FuzzBroken(random);
    private final FuzzRequests requests = new FuzzRequests(random, this::providersSignature);
    private final FuzzRefusals refusals = new FuzzRefusals();
    private final TreeMap<Integer, Integer> statuses = new TreeMap<>();
    private final Set<String> granted = new TreeSet<>();
    private final List<String> faults = new ArrayList<>();

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    private String providersSignature(byte[] body) {
        return SignedCallbacks.sign(server.server.part(SignedCallbacks.SENDER), body);
    }

    @Test
    void noRequestBreaksTheServerAndNoneThatIsRefusedChangesAnything() {
        System.out.printf(Locale.ROOT, "FuzzTest: seed %d, %d requests%n", SEED, REQUESTS);
        FuzzWorld world = newWorld();
        for (int i = 0; i < REQUESTS && faults.size() < FAULTS; i++) {
            if (i % WORLD == WORLD - 1) {
                world = newWorld();
            }
            if (i % LOOK == 0) {
                pass(random.chance(10) ? Duration.ofHours(1) : Duration.ofSeconds(1));
                world.look();
            }
            try {
                if (random.chance(12)) {
                    sendBroken(world);
                } else {
                    send(requests.next(world), world);
                }
            } catch (AssertionError | IllegalStateException | UncheckedIOException e) {
                client.close();
                faults.add(
                        "REQUEST "
                                + i
                                + " "
                                + e.getMessage()
                                + (e.getCause() == null ? "" : e.getCause().getMessage()));
            }
        }
        System.out.println("FuzzTest: answers " + statuses);
        if (!faults.isEmpty()) {
            faults.forEach(System.out::println);
            throw new AssertionError(faults.size() + " faults, with seed " + SEED);
        }
        Set<String> refused = new TreeSet<>(Contract.operationIds());
        refused.removeAll(granted);
        System.out.println("FuzzTest: never granted " + refused);
        if (REQUESTS >= MANY) {
            assertThat(refused).as("operations that were never granted").isEmpty();
        }
    }

    private FuzzWorld newWorld() {
        FuzzWorld world = new FuzzWorld(server, random);
        refusals.streamsOf(world.streaming().merchant());
        changes.forget();
        return world;
    }

    /** Time goes by between requests, so that none of them ends what has had its time. */
    private void pass(Duration time) {
        server.clock.advance(time);
        server.run("session-expiry");
        var _ = changes.take();
    }

    private void send(FuzzRequest request, FuzzWorld world) {
        Optional<FuzzAnswer> answered =
                client.send(request.bytes(), request.method().equals("HEAD"));
        List<DatabaseChanges.Change> changed = changes.take();
        assertThat(answered).as("%s", request).isPresent();
        FuzzAnswer answer = answered.get();
        count(answer);
        assertThat(answer.statusCode()).as("%s%n%s", request, answer).isLessThan(500);
        assertThat(answer.header("correlation-id")).as("%s%n%s", request, answer).isNotEmpty();
        if (request.isDocumented() && request.hasUri()) {
            isDocumented(request, answer);
        }
        if (answer.isRefusal()) {
            tellsNothingOfTheInside(request, answer);
        } else if (request.isDocumented()) {
            granted.add(request.operation().id());
            learn(answer, world);
        }
        if (answer.isRefusal() || request.isSafe()) {
            assertThat(refusals.unexplained(request, answer, changed))
                    .as("changed by%n%s%n%s", request, answer)
                    .isEmpty();
        }
    }

    private void count(FuzzAnswer answer) {
        var _ = statuses.merge(answer.statusCode(), 1, Integer::sum);
        if (answer.statusCode() == 429) {
            client.leave();
        }
    }

    private void isDocumented(FuzzRequest request, FuzzAnswer answer) {
        try {
            var plain = request.plain(server.url());
            Contract.check(plain, null, answer.to(plain));
        } catch (AssertionError e) {
            throw new AssertionError(request + "\n" + answer, e);
        }
    }

    /** The tokens of devices that were made. */
    private static void learn(FuzzAnswer answer, FuzzWorld world) {
        String token = answer.json().path("credentials").path("bearer_token").asString("");
        if (!token.isEmpty()) {
            String device = answer.json().path("device_id").asString("");
            String merchant = answer.json().path("merchant_id").asString("");
            world.owners().stream()
                    .filter(owner -> owner.merchant().id().value().equals(merchant))
                    .forEach(owner -> owner.learn(device, token));
        }
    }

    private static void tellsNothingOfTheInside(Object request, FuzzAnswer answer) {
        assertThat(answer.body().toLowerCase(Locale.ROOT))
                .as("%s", request)
                .doesNotContain("<html", "exception", "\tat ", "java.", "jackson", "org.", "sql");
    }

    private void sendBroken(FuzzWorld world) {
        byte[] request = broken.next(world);
        String text = new String(request, StandardCharsets.ISO_8859_1);
        Optional<FuzzAnswer> answered = client.sendLast(request, text.startsWith("HEAD "));
        List<DatabaseChanges.Change> changed = refusals.withoutStreams(changes.take());
        if (answered.isEmpty()) {
            // Closed without an answer, which HTTP allows for what cannot be understood.
            assertThat(changed).as("%s", text).isEmpty();
            return;
        }
        FuzzAnswer answer = answered.get();
        count(answer);
        boolean ofContainer =
                // Asked of the container as a whole, or in a version that it does not speak: it
                // answers before there is any host of ours.
                answer.statusCode() == 501 || answer.statusCode() == 505;
        if (!ofContainer) {
            assertThat(answer.statusCode()).as("%s%n%s", text, answer).isLessThan(500);
        }
        if (answer.isRefusal()) {
            tellsNothingOfTheInside(text, answer);
            assertThat(changed).as("%s%n%s", text, answer).isEmpty();
        }
    }
}

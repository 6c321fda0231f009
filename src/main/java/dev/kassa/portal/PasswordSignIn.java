package dev.kassa.portal;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.kassa.http.ClientAddress;
import dev.kassa.kernel.Limits;
import dev.kassa.merchant.Users;
import io.github.bucket4j.Bucket;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.authentication.WebAuthenticationDetails;
import org.springframework.stereotype.Component;

/**
 * Signs in by e-mail address and password. Tries are counted before the password is looked at:
 * those from an address, those for a name from that address, and those for a name from everywhere.
 * The last are many, so that nobody shuts somebody else out by guessing. One that was right is
 * given back. Each node counts for itself.
 */
@Component
final class PasswordSignIn implements AuthenticationProvider {
    private static final Duration WINDOW = Duration.ofMinutes(15);
    private static final int REMEMBERED = 100_000;

    private final LoadingCache<String, Bucket> addresses = buckets(Limits.SIGN_INS_PER_ADDRESS);
    private final LoadingCache<String, Bucket> pairs =
            buckets(Limits.SIGN_INS_PER_NAME_AND_ADDRESS);
    private final LoadingCache<String, Bucket> names = buckets(Limits.SIGN_INS_PER_NAME);
    private final Users users;

    PasswordSignIn(Users users) {
        this.users = users;
    }

    private static LoadingCache<String, Bucket> buckets(int most) {
        return Caffeine.newBuilder()
                .maximumSize(REMEMBERED)
                .expireAfterAccess(WINDOW.multipliedBy(2))
                .build(_ ->
                        Bucket.builder()
                                .addLimit(limit -> limit.capacity(most).refillGreedy(most, WINDOW))
                                .build());
    }

    @Override
    public Authentication authenticate(Authentication asked) {
        String name = asked.getName().strip();
        String address =
                asked.getDetails() instanceof WebAuthenticationDetails details
                        ? ClientAddress.network(details.getRemoteAddress())
                        : "";
        String lower = name.toLowerCase(Locale.ROOT);
        List<Bucket> counts =
                List.of(addresses.get(address), pairs.get(lower + " " + address), names.get(lower));
        for (Bucket count : counts) {
            if (!count.tryConsume(1)) {
                throw new LockedException("too many tries");
            }
        }
        SignedIn user =
                users.signIn(name, String.valueOf(asked.getCredentials()))
                        .map(known -> new SignedIn(known, null))
                        .orElseThrow(() -> new BadCredentialsException("wrong"));
        counts.forEach(count -> count.addTokens(1));
        return user;
    }

    @Override
    public boolean supports(Class<?> type) {
        return type == UsernamePasswordAuthenticationToken.class;
    }
}

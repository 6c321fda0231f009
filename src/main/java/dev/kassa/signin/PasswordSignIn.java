package dev.kassa.signin;

import dev.kassa.http.ClientAddress;
import dev.kassa.kernel.Limits;
import dev.kassa.merchant.PortalUser;
import dev.kassa.merchant.Users;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
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
 * given back.
 */
@Component
public final class PasswordSignIn implements AuthenticationProvider {
    private final Tries addresses = new Tries(Limits.SIGN_INS_PER_ADDRESS);
    private final Tries pairs = new Tries(Limits.SIGN_INS_PER_NAME_AND_ADDRESS);
    private final Tries names = new Tries(Limits.SIGN_INS_PER_NAME);
    private final Users users;

    PasswordSignIn(Users users) {
        this.users = users;
    }

    @Override
    public Authentication authenticate(Authentication asked) {
        String address =
                asked.getDetails() instanceof WebAuthenticationDetails details
                        ? details.getRemoteAddress()
                        : "";
        return new SignedIn(
                check(asked.getName().strip(), String.valueOf(asked.getCredentials()), address));
    }

    /**
     * Who has this name and password, tried from this address.
     *
     * @throws LockedException when there were too many tries, BadCredentialsException when one of
     *     the two is wrong
     */
    PortalUser check(String name, String password, String address) {
        String lower = name.toLowerCase(Locale.ROOT);
        String network = ClientAddress.network(address);
        Map<Tries, String> counted = new LinkedHashMap<>();
        counted.put(addresses, network);
        counted.put(pairs, lower + " " + network);
        counted.put(names, lower);
        counted.forEach((tries, of) -> {
            if (!tries.count(of)) {
                throw new LockedException("too many tries");
            }
        });
        PortalUser user =
                users.signIn(name, password)
                        .orElseThrow(() -> new BadCredentialsException("wrong"));
        counted.forEach(Tries::giveBack);
        return user;
    }

    @Override
    public boolean supports(Class<?> type) {
        return type == UsernamePasswordAuthenticationToken.class;
    }
}

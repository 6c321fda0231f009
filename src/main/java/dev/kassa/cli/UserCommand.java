package dev.kassa.cli;

import dev.kassa.access.Role;
import dev.kassa.kernel.Refusal;
import dev.kassa.merchant.UserDetails;
import dev.kassa.merchant.Users;
import dev.kassa.server.BesideServer;
import dev.kassa.server.Settings;
import dev.kassa.signin.SecondFactors;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kassa user}. */
@Command(
        name = "user",
        description = "Invite, list and disable the users of a merchant's portal.",
        mixinStandardHelpOptions = true,
        subcommands = {
            UserCommand.Invite.class,
            UserCommand.ListAll.class,
            UserCommand.ChangeRole.class,
            UserCommand.Disable.class,
            UserCommand.Reset.class
        })
final class UserCommand {
    /** Where a password is chosen; the token is in the part that no server logs. */
    static String link(Settings settings, String token) {
        URI url = settings.publicUrl();
        String base = url == null ? "http://127.0.0.1:" + settings.port() : url.toString();
        return base.replaceFirst("/$", "") + "/portal/invitation/" + token;
    }

    private static Role role(String word) {
        return Role.of(word.strip())
                .orElseThrow(() ->
                        new Refusal(
                                "There is no role '"
                                        + word
                                        + "'. There are "
                                        + Arrays.stream(Role.values())
                                                .map(Role::wire)
                                                .collect(Collectors.joining(", "))
                                        + "."));
    }

    /** What is done with one user. */
    abstract static class One extends KeyCommand.OfMerchant {
        @Parameters(paramLabel = "EMAIL", description = "The user's e-mail address.")
        private String email = "";

        String email() {
            return email.strip();
        }
    }

    /** Invites one. */
    @Command(
            name = "invite",
            description = {
                "Invite somebody to a merchant's portal, by a link that is shown once and can be"
                        + " used for a week.",
                "The person chooses the password there; none is ever typed in a shell."
            },
            mixinStandardHelpOptions = true)
    static final class Invite extends One {
        @Option(
                names = "--role",
                required = true,
                description = "owner, developer, manager, accountant, support or clerk.")
        private String role = "";

        @Override
        Done work(BesideServer server, Settings settings) {
            Role wanted = UserCommand.role(role);
            String link =
                    link(
                            settings,
                            server.part(Users.class).invite(merchant(server), email(), wanted));
            return new Done(
                    Map.of("email", email(), "role", wanted.wire(), "invitation", link),
                    email() + " is invited as " + wanted.wire() + ":\n  " + link);
        }
    }

    /** Lists them. */
    @Command(
            name = "list",
            description = "List the users of a merchant's portal.",
            mixinStandardHelpOptions = true)
    static final class ListAll extends KeyCommand.OfMerchant {
        @Override
        Done work(BesideServer server, Settings settings) {
            List<UserDetails> all = server.part(Users.class).list(merchant(server));
            return new Done(
                    all,
                    all.isEmpty()
                            ? "This merchant has no user."
                            : all.stream().map(ListAll::text).collect(Collectors.joining("\n")));
        }

        private static String text(UserDetails user) {
            return user.email()
                    + ": "
                    + user.role().wire()
                    + (user.invited() ? ", invited" : "")
                    + (user.disabledAt() == null ? "" : ", disabled since " + user.disabledAt());
        }
    }

    /** Gives one another role. */
    @Command(
            name = "role",
            description = "Give a user another role.",
            mixinStandardHelpOptions = true)
    static final class ChangeRole extends One {
        @Parameters(index = "1", paramLabel = "ROLE", description = "The new role.")
        private String role = "";

        @Override
        Done work(BesideServer server, Settings settings) {
            Role wanted = UserCommand.role(role);
            server.part(Users.class).changeRole(merchant(server), email(), wanted);
            return new Done(
                    Map.of("email", email(), "role", wanted.wire()),
                    email() + " is " + wanted.wire() + " now.");
        }
    }

    /** Lets one in no more. */
    @Command(
            name = "disable",
            description = "Let a user in no more.",
            mixinStandardHelpOptions = true)
    static final class Disable extends One {
        @Override
        Done work(BesideServer server, Settings settings) {
            server.part(Users.class).disable(merchant(server), email());
            return new Done(Map.of("email", email(), "disabled", true), email() + " is disabled.");
        }
    }

    /** Ends one's password. */
    @Command(
            name = "reset",
            description = "End a user's password; a new one is chosen by a link, shown once.",
            mixinStandardHelpOptions = true)
    static final class Reset extends One {
        @Option(
                names = "--second-factor",
                description =
                        "Forget the user's app, passkeys and recovery codes too, for one who has lost"
                                + " them. Make sure that it is they who ask.")
        private boolean secondFactor;

        @Override
        Done work(BesideServer server, Settings settings) {
            if (secondFactor) {
                Users users = server.part(Users.class);
                users.find(email())
                        .filter(user -> user.merchant().equals(merchant(server)))
                        .ifPresent(server.part(SecondFactors.class)::forget);
            }
            String link = link(settings, server.part(Users.class).reset(merchant(server), email()));
            return new Done(
                    Map.of("email", email(), "invitation", link),
                    email() + " chooses a new password at:\n  " + link);
        }
    }
}

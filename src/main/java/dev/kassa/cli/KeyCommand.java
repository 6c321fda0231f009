package dev.kassa.cli;

import dev.kassa.access.Permission;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Refusal;
import dev.kassa.merchant.ApiKey;
import dev.kassa.merchant.ApiKeys;
import dev.kassa.merchant.KeyDetails;
import dev.kassa.merchant.KeyTerms;
import dev.kassa.server.BesideServer;
import dev.kassa.server.Settings;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kassa key}. */
@Command(
        name = "key",
        description = "Create, list and revoke a merchant's API keys.",
        mixinStandardHelpOptions = true,
        subcommands = {KeyCommand.Create.class, KeyCommand.ListAll.class, KeyCommand.Revoke.class})
final class KeyCommand {
    /** What is done with a merchant's keys. */
    abstract static class OfMerchant extends DatabaseCommand {
        @Option(
                names = "--merchant",
                paramLabel = "ID",
                required = true,
                description = "The merchant's id.")
        private String merchant = "";

        MerchantId merchant(BesideServer server) {
            return merchant(server, merchant);
        }
    }

    /** Creates one. */
    @Command(
            name = "create",
            description = "Create an API key. It is shown once.",
            mixinStandardHelpOptions = true)
    static final class Create extends OfMerchant {
        @Option(names = "--name", description = "For people: what it is for.")
        private @Nullable String name;

        @Option(
                names = "--permissions",
                split = ",",
                description =
                        "All that it may do, such as sessions.create,sessions.read; without it,"
                                + " everything that the API has. docs/permissions.md lists them.")
        private List<String> permissions = List.of();

        @Option(
                names = "--expires",
                paramLabel = "DATE",
                description = "The day on which it ends, in UTC: 2027-12-31.")
        private @Nullable String expires;

        @Override
        Done work(BesideServer server, Settings settings) {
            KeyTerms terms =
                    new KeyTerms(
                            MerchantCommand.checkedOrNull(name, "--name", Limits.KEY_NAME_CHARS),
                            permissions.isEmpty() ? null : permissions(),
                            expires == null ? null : end(expires));
            ApiKey key = server.part(ApiKeys.class).issue(merchant(server), terms);
            return new Done(
                    Map.of("api_username", key.username(), "api_key", key.key()),
                    "  API user  %s\n  API key   %s\n\nThe key is shown this once."
                            .formatted(key.username(), key.key()));
        }

        private Set<Permission> permissions() {
            Set<Permission> all = EnumSet.noneOf(Permission.class);
            for (String word : permissions) {
                all.add(
                        Permission.of(word.strip())
                                .orElseThrow(() ->
                                        new Refusal(
                                                "There is no permission '"
                                                        + word
                                                        + "'. There are "
                                                        + Arrays.stream(Permission.values())
                                                                .map(Permission::wire)
                                                                .collect(Collectors.joining(", "))
                                                        + ".")));
            }
            return all;
        }

        private static Instant end(String day) {
            Instant end;
            try {
                end = KeyTerms.endOf(LocalDate.parse(day.strip()));
            } catch (DateTimeParseException e) {
                throw new Refusal("--expires is a day such as 2027-12-31, not '" + day + "'.", e);
            }
            if (!end.isAfter(InstantSource.system().instant())) {
                throw new Refusal("--expires " + day + " is past.");
            }
            return end;
        }
    }

    /** Lists them. */
    @Command(
            name = "list",
            description = "List a merchant's API keys, with their last use.",
            mixinStandardHelpOptions = true)
    static final class ListAll extends OfMerchant {
        @Override
        Done work(BesideServer server, Settings settings) {
            List<KeyDetails> all = server.part(ApiKeys.class).list(merchant(server));
            return new Done(
                    all,
                    all.isEmpty()
                            ? "This merchant has no key."
                            : all.stream().map(ListAll::text).collect(Collectors.joining("\n")));
        }

        private static String text(KeyDetails key) {
            return key.username()
                    + (key.name() == null ? "" : " (" + key.name() + ")")
                    + ": "
                    + (key.permissions() == null
                            ? "everything"
                            : String.join(" ", key.permissions()))
                    + (key.expiresAt() == null ? "" : ", ends " + key.expiresAt())
                    + (key.revokedAt() == null ? "" : ", revoked " + key.revokedAt())
                    + (key.lastUsedAt() == null
                            ? ", never used"
                            : ", last used " + key.lastUsedAt() + " from " + key.lastUsedAddress());
        }
    }

    /** Ends one. */
    @Command(
            name = "revoke",
            description = "Refuse an API key from now on.",
            mixinStandardHelpOptions = true)
    static final class Revoke extends OfMerchant {
        @Parameters(paramLabel = "USER", description = "The key's API user.")
        private String username = "";

        @Override
        Done work(BesideServer server, Settings settings) {
            if (!server.part(ApiKeys.class).revoke(merchant(server), username.strip())) {
                throw new Refusal(
                        "The merchant has no key of the API user '"
                                + username
                                + "' that is not revoked. ./kassa key list shows them.");
            }
            return new Done(
                    Map.of("api_username", username.strip(), "revoked", true),
                    "The key of "
                            + username.strip()
                            + " is revoked; running servers refuse it within a second.");
        }
    }
}

package dev.kassa.cli;

import dev.kassa.access.Role;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Refusal;
import dev.kassa.merchant.ApiKey;
import dev.kassa.merchant.ApiKeys;
import dev.kassa.merchant.MerchantDetails;
import dev.kassa.merchant.Merchants;
import dev.kassa.merchant.NewMerchant;
import dev.kassa.merchant.Users;
import dev.kassa.server.BesideServer;
import dev.kassa.server.Settings;
import java.util.Arrays;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kassa merchant}. */
@Command(
        name = "merchant",
        description = "Create, list, show, disable and enable merchants.",
        mixinStandardHelpOptions = true,
        subcommands = {
            MerchantCommand.Create.class,
            MerchantCommand.ListAll.class,
            MerchantCommand.Show.class,
            MerchantCommand.Disable.class,
            MerchantCommand.Enable.class
        })
final class MerchantCommand {
    private static final int NAME = 200;

    static String checked(String value, String option, int length) {
        String text = value.strip();
        if (text.isEmpty() || text.length() > length) {
            throw new Refusal(option + " is 1 to " + length + " characters.");
        }
        return text;
    }

    static @Nullable String checkedOrNull(@Nullable String value, String option, int length) {
        return value == null ? null : checked(value, option, length);
    }

    static String country(String value) {
        String country = value.strip().toUpperCase(Locale.ROOT);
        if (!Arrays.asList(Locale.getISOCountries()).contains(country)) {
            throw new Refusal(
                    "--country is a country by ISO 3166-1, such as SE, not '" + value + "'.");
        }
        return country;
    }

    private static String currency(String value) {
        try {
            return Currency.getInstance(value.strip().toUpperCase(Locale.ROOT)).getCurrencyCode();
        } catch (IllegalArgumentException e) {
            throw new Refusal(
                    "--currency is a currency by ISO 4217, such as SEK, not '" + value + "'.", e);
        }
    }

    private static String text(MerchantDetails one) {
        return one.id()
                + "  "
                + one.name()
                + (one.country() == null ? "" : ", " + one.country())
                + (one.currencies().isEmpty() ? "" : ", " + String.join(" ", one.currencies()))
                + (one.disabledAt() == null ? "" : ", disabled since " + one.disabledAt());
    }

    /** Creates one, with a key and the owner's invitation. */
    @Command(
            name = "create",
            description = {
                "Create a merchant with its first API key and, with --owner, an invitation for its"
                        + " owner.",
                "The key and the invitation are shown once."
            },
            mixinStandardHelpOptions = true)
    static final class Create extends DatabaseCommand {
        @Option(names = "--name", required = true, description = "As shoppers know it.")
        private String name = "";

        @Option(names = "--country", required = true, description = "By ISO 3166-1, such as SE.")
        private String country = "";

        @Option(
                names = "--currency",
                required = true,
                split = ",",
                description = "In which it sells, by ISO 4217; several with commas.")
        private List<String> currencies = List.of();

        @Option(names = "--organisation-number", description = "As it stands on receipts.")
        private @Nullable String organisationNumber;

        @Option(names = "--receipt-address", description = "As it stands on receipts.")
        private @Nullable String receiptAddress;

        @Option(names = "--owner", paramLabel = "EMAIL", description = "Invited as its owner.")
        private @Nullable String owner;

        private record View(
                MerchantId merchantId,
                String apiUsername,
                String apiKey,
                @Nullable String ownerInvitation) {
            @Override
            public String toString() {
                return "View[" + merchantId + "]";
            }
        }

        @Override
        Done work(BesideServer server, Settings settings) {
            NewMerchant wish =
                    new NewMerchant(
                            checked(name, "--name", NAME),
                            MerchantCommand.country(country),
                            currencies.stream().map(MerchantCommand::currency).distinct().toList(),
                            checkedOrNull(organisationNumber, "--organisation-number", 50),
                            checkedOrNull(receiptAddress, "--receipt-address", 500));
            View view =
                    server.inTransaction(() -> {
                        MerchantId id = server.part(Merchants.class).create(wish);
                        ApiKey key = server.part(ApiKeys.class).issue(id);
                        String link =
                                owner == null
                                        ? null
                                        : UserCommand.link(
                                                settings,
                                                server.part(Users.class)
                                                        .invite(id, owner.strip(), Role.OWNER));
                        return new View(id, key.username(), key.key(), link);
                    });
            return new Done(
                    view,
                    """
                    Merchant %s (%s) is created.

                      API user  %s
                      API key   %s
                    %s
                    They are shown this once. Next: ./kassa location create --merchant %s --name NAME\
                    """
                            .formatted(
                                    view.merchantId(),
                                    wish.name(),
                                    view.apiUsername(),
                                    view.apiKey(),
                                    view.ownerInvitation() == null
                                            ? ""
                                            : "  Owner     " + view.ownerInvitation() + "\n",
                                    view.merchantId()));
        }
    }

    /** Lists all. */
    @Command(name = "list", description = "List all merchants.", mixinStandardHelpOptions = true)
    static final class ListAll extends DatabaseCommand {
        @Override
        Done work(BesideServer server, Settings settings) {
            List<MerchantDetails> all = server.part(Merchants.class).list();
            return new Done(
                    all,
                    all.isEmpty()
                            ? "There is no merchant yet. ./kassa merchant create makes one."
                            : all.stream()
                                    .map(MerchantCommand::text)
                                    .collect(Collectors.joining("\n")));
        }
    }

    /** What is done with one merchant. */
    abstract static class One extends DatabaseCommand {
        @Parameters(paramLabel = "ID", description = "The merchant's id.")
        private String id = "";

        MerchantId id(BesideServer server) {
            return merchant(server, id);
        }
    }

    /** Shows one. */
    @Command(name = "show", description = "Show a merchant.", mixinStandardHelpOptions = true)
    static final class Show extends One {
        @Override
        Done work(BesideServer server, Settings settings) {
            MerchantDetails one = server.part(Merchants.class).get(id(server));
            return new Done(
                    one,
                    text(one)
                            + "\norganisation number: "
                            + (one.organisationNumber() == null ? "-" : one.organisationNumber())
                            + "\nreceipt address: "
                            + (one.receiptAddress() == null ? "-" : one.receiptAddress())
                            + "\ncreated: "
                            + one.createdAt());
        }
    }

    /** Lets none of its keys and devices in. */
    @Command(
            name = "disable",
            description =
                    "Refuse a merchant's keys and devices from now on. Payments under way are still"
                            + " settled.",
            mixinStandardHelpOptions = true)
    static final class Disable extends One {
        @Override
        Done work(BesideServer server, Settings settings) {
            return change(server, id(server), true);
        }
    }

    /** Lets them in again. */
    @Command(
            name = "enable",
            description = "Let a disabled merchant's keys and devices in again.",
            mixinStandardHelpOptions = true)
    static final class Enable extends One {
        @Override
        Done work(BesideServer server, Settings settings) {
            return change(server, id(server), false);
        }
    }

    private static DatabaseCommand.Done change(
            BesideServer server, MerchantId id, boolean disabled) {
        boolean changed = server.part(Merchants.class).disable(id, disabled);
        String word = disabled ? "disabled" : "enabled";
        return new DatabaseCommand.Done(
                Map.of("merchant_id", id.value(), word, true, "changed", changed),
                "Merchant " + id + (changed ? " is " + word + "." : " was " + word + " before."));
    }
}

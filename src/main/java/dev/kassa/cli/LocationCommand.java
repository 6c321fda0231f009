package dev.kassa.cli;

import dev.kassa.kernel.Limits;
import dev.kassa.kernel.LocationId;
import dev.kassa.kernel.MerchantId;
import dev.kassa.location.Location;
import dev.kassa.location.LocationDetails;
import dev.kassa.location.Locations;
import dev.kassa.merchant.Merchants;
import dev.kassa.paging.Paging;
import dev.kassa.server.BesideServer;
import dev.kassa.server.Settings;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kassa location}. */
@Command(
        name = "location",
        description = "Create, list and edit a merchant's locations.",
        mixinStandardHelpOptions = true,
        subcommands = {
            LocationCommand.Create.class,
            LocationCommand.ListAll.class,
            LocationCommand.Edit.class
        })
final class LocationCommand {
    private static final int LISTED = 1000;

    /** What may be said of a location. */
    static final class Details {
        @Option(names = "--street", description = "Street and number.")
        private @Nullable String street;

        @Option(names = "--postal-code", description = "Postal code.")
        private @Nullable String postalCode;

        @Option(names = "--city", description = "City.")
        private @Nullable String city;

        @Option(names = "--country", description = "By ISO 3166-1, such as SE.")
        private @Nullable String country;

        LocationDetails read(@Nullable String name) {
            return new LocationDetails(
                    MerchantCommand.checkedOrNull(name, "--name", Limits.LOCATION_TEXT_CHARS),
                    MerchantCommand.checkedOrNull(street, "--street", Limits.LOCATION_TEXT_CHARS),
                    MerchantCommand.checkedOrNull(
                            postalCode, "--postal-code", Limits.POSTAL_CODE_CHARS),
                    MerchantCommand.checkedOrNull(city, "--city", Limits.LOCATION_TEXT_CHARS),
                    country == null ? null : MerchantCommand.country(country));
        }
    }

    private static String text(Location one) {
        return one.id()
                + "  "
                + Stream.of(
                                one.name(),
                                one.streetAddress(),
                                one.postalCode(),
                                one.city(),
                                one.country())
                        .filter(part -> part != null)
                        .collect(Collectors.joining(", "));
    }

    /** Creates one. */
    @Command(
            name = "create",
            description = "Create a location. Without --country it is in the merchant's.",
            mixinStandardHelpOptions = true)
    static final class Create extends KeyCommand.OfMerchant {
        @Option(names = "--name", required = true, description = "As shoppers know it.")
        private String name = "";

        @Mixin private final Details details = new Details();

        @Override
        Done work(BesideServer server, Settings settings) {
            MerchantId merchant = merchant(server);
            LocationDetails wish = details.read(name);
            Locations locations = server.part(Locations.class);
            String country =
                    wish.country() == null
                            ? server.part(Merchants.class).get(merchant).country()
                            : wish.country();
            LocationId id =
                    server.inTransaction(() -> {
                        LocationId made =
                                locations.create(
                                        merchant,
                                        String.valueOf(wish.name()),
                                        country == null ? "SE" : country);
                        locations.edit(merchant, made, wish);
                        return made;
                    });
            return new Done(
                    Map.of("location_id", id.toString()),
                    "Location %s is created. A device is paired with a code from POST /ipp/v1/enrollments."
                            .formatted(id));
        }
    }

    /** Lists them. */
    @Command(
            name = "list",
            description = "List a merchant's locations.",
            mixinStandardHelpOptions = true)
    static final class ListAll extends KeyCommand.OfMerchant {
        @Override
        Done work(BesideServer server, Settings settings) {
            List<Location> all =
                    server.part(Locations.class)
                            .list(merchant(server), new Paging(0, LISTED))
                            .content();
            return new Done(
                    all,
                    all.isEmpty()
                            ? "This merchant has no location."
                            : all.stream()
                                    .map(LocationCommand::text)
                                    .collect(Collectors.joining("\n")));
        }
    }

    /** Changes one. */
    @Command(
            name = "edit",
            description = "Change what is given of a location.",
            mixinStandardHelpOptions = true)
    static final class Edit extends KeyCommand.OfMerchant {
        @Parameters(paramLabel = "LOCATION", description = "The location's id.")
        private String id = "";

        @Option(names = "--name", description = "As shoppers know it.")
        private @Nullable String name;

        @Mixin private final Details details = new Details();

        @Override
        Done work(BesideServer server, Settings settings) {
            MerchantId merchant = merchant(server);
            LocationId location = new LocationId(uuid(id, "location"));
            Locations locations = server.part(Locations.class);
            locations.edit(merchant, location, details.read(name));
            Location now = locations.get(merchant, location);
            return new Done(now, text(now));
        }
    }
}

package dev.kassa.cli;

import dev.kassa.device.Device;
import dev.kassa.device.Devices;
import dev.kassa.kernel.DeviceId;
import dev.kassa.paging.Paging;
import dev.kassa.server.BesideServer;
import dev.kassa.server.Settings;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code kassa device}. */
@Command(
        name = "device",
        description = "List and deregister a merchant's devices.",
        mixinStandardHelpOptions = true,
        subcommands = {DeviceCommand.ListAll.class, DeviceCommand.Deregister.class})
final class DeviceCommand {
    private static final int LISTED = 10_000;

    /** Lists them. */
    @Command(
            name = "list",
            description = "List a merchant's paired devices.",
            mixinStandardHelpOptions = true)
    static final class ListAll extends KeyCommand.OfMerchant {
        /** One of them, without what only its app knows. */
        private record View(
                String deviceId, String name, String platform, String locationId, String pairedAt) {
            static View of(Device device) {
                return new View(
                        device.id().toString(),
                        device.name(),
                        device.platform().name(),
                        String.valueOf(device.locationId()),
                        device.createdAt().toString());
            }
        }

        @Override
        Done work(BesideServer server, Settings settings) {
            List<View> all =
                    server
                            .part(Devices.class)
                            .list(
                                    merchant(server),
                                    new Devices.Filter(null, Map.of()),
                                    new Paging(0, LISTED))
                            .content()
                            .stream()
                            .map(View::of)
                            .toList();
            return new Done(
                    all,
                    all.isEmpty()
                            ? "This merchant has no device."
                            : all.stream()
                                    .map(one ->
                                            "%s  %s, %s, at location %s, since %s"
                                                    .formatted(
                                                            one.deviceId(),
                                                            one.name(),
                                                            one.platform(),
                                                            one.locationId(),
                                                            one.pairedAt()))
                                    .collect(Collectors.joining("\n")));
        }
    }

    /** Ends one's token. */
    @Command(
            name = "deregister",
            description = "Let a device in no more. It can be paired again with a new code.",
            mixinStandardHelpOptions = true)
    static final class Deregister extends KeyCommand.OfMerchant {
        @Parameters(paramLabel = "DEVICE", description = "The device's id.")
        private String id = "";

        @Override
        Done work(BesideServer server, Settings settings) {
            DeviceId device = new DeviceId(uuid(id, "device"));
            server.part(Devices.class).deregister(merchant(server), device);
            return new Done(
                    Map.of("device_id", device.toString(), "deregistered", true),
                    "Device " + device + " is deregistered.");
        }
    }
}

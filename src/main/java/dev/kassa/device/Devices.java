package dev.kassa.device;

import dev.kassa.database.AfterCommit;
import dev.kassa.database.RowGate;
import dev.kassa.database.Sql;
import dev.kassa.http.AuthenticationThrottle;
import dev.kassa.http.CredentialLookup;
import dev.kassa.http.JsonObject;
import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.LocationId;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Mode;
import dev.kassa.kernel.Problem;
import dev.kassa.kernel.Secrets;
import dev.kassa.kernel.Tokens;
import dev.kassa.kernel.Vault;
import dev.kassa.location.Locations;
import dev.kassa.paging.Page;
import dev.kassa.paging.Paging;
import java.text.Normalizer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** Pairs devices and tells which device a token belongs to. */
@Service
public final class Devices {
    /** Metadata that makes a device of a playground a simulated one (contract 2.3). */
    public static final String SIMULATED = "simulated";

    private static final Pattern NEITHER_LETTER_NOR_DIGIT = Pattern.compile("[^\\p{L}\\p{N}]+");
    private static final Pattern UUID_WITHOUT_HYPHENS =
            Pattern.compile(
                    "(\\p{XDigit}{8})(\\p{XDigit}{4})(\\p{XDigit}{4})(\\p{XDigit}{4})(\\p{XDigit}{12})");

    private static final String TOKEN_PREFIX = "kpos_";

    private static final int REMEMBERED = 100_000;

    private final DeviceTable table;
    private final Locations locations;
    private final RowGate gate;
    private final Mode mode;
    private final InstantSource clock;
    private final List<Consumer<DeviceId>> followers = new CopyOnWriteArrayList<>();
    private final Tokens tokens;
    private final CredentialLookup<Device> known;

    Devices(
            DeviceTable table,
            Locations locations,
            RowGate gate,
            Mode mode,
            Vault vault,
            AuthenticationThrottle throttle,
            InstantSource clock) {
        this.gate = gate;
        this.table = table;
        this.locations = locations;
        this.mode = mode;
        this.tokens = new Tokens(vault);
        this.clock = clock;
        known = new CredentialLookup<>(REMEMBERED, throttle, table::byTokenOfAnyMerchant);
    }

    /**
     * Trades a pairing code for a device and its token. The code is used up in the same statement.
     *
     * @throws Problem NOT_FOUND when the code is unknown, used, expired or withdrawn
     */
    public Registration register(String code, NewDevice device) {
        String token = tokens.next(TOKEN_PREFIX);
        Instant now = Sql.now(clock);
        DeviceTable.Pairing pairing =
                new DeviceTable.Pairing(
                        normal(code),
                        DeviceId.next(),
                        device,
                        Secrets.hash(token),
                        mode == Mode.PLAYGROUND,
                        now);
        Device paired =
                table.pairOfAnyMerchant(pairing)
                        .orElseThrow(() ->
                                Problem.notFound(
                                        "This enrollment code is unknown, already used or"
                                                + " expired. Ask for a new one."));
        revoked(paired.id());
        return new Registration(paired, token, now);
    }

    /**
     * As stored, however it was typed: letters and digits alone, those of another width as their
     * usual ones; a short code in upper case, a UUID in lower with its hyphens. The alphabet of
     * codes has neither 0 nor O, neither 1 nor I nor L, neither U nor V, so none stands for
     * another.
     */
    private static String normal(String code) {
        String typed =
                NEITHER_LETTER_NOR_DIGIT
                        .matcher(Normalizer.normalize(code, Normalizer.Form.NFKC))
                        .replaceAll("");
        Matcher uuid = UUID_WITHOUT_HYPHENS.matcher(typed);
        return uuid.matches()
                ? uuid.replaceFirst("$1-$2-$3-$4-$5").toLowerCase(Locale.ROOT)
                : typed.toUpperCase(Locale.ROOT);
    }

    /** A device has another token, or is another now: tokens are looked up afresh. */
    private void forget() {
        AfterCommit.run(known::forget);
    }

    /** The merchant's devices, newest first. */
    public Page<Device> list(MerchantId merchant, Filter filter, Paging paging) {
        return table.list(merchant, filter, paging);
    }

    /**
     * Which devices to list.
     *
     * @param metadata all of these entries
     */
    public record Filter(@Nullable LocationId location, Map<String, String> metadata) {}

    /**
     * What a device is from now on. A full replacement (contract 2.6): no location detaches it, no
     * metadata drops what there was; only the name stays when none is given.
     */
    public record Replacement(
            @Nullable String name, @Nullable LocationId location, Map<String, String> metadata) {
        /** Reads one; faults are noted in the body's. */
        public static Replacement read(JsonObject body) {
            return new Replacement(
                    body.optionalName("name", Limits.DEVICE_NAME_CHARS),
                    body.optional("location_id", "a UUID", LocationId::parse),
                    body.metadata("metadata"));
        }
    }

    /**
     * A device as somebody sees it who may then change it.
     *
     * @param version another one after each change of what the merchant may set
     */
    public record Seen(Device device, String version) {}

    /**
     * One of the merchant's devices.
     *
     * @throws Problem NOT_FOUND when there is none
     */
    public Seen look(MerchantId merchant, DeviceId device) {
        return table.look(merchant, device).orElseThrow(() -> unknown(device));
    }

    /**
     * Replaces what the merchant may set of a device.
     *
     * @throws Problem NOT_FOUND when the device or the location is not the merchant's
     */
    public Device replace(MerchantId merchant, DeviceId device, Replacement replacement) {
        return replaceIf(merchant, device, replacement, null).orElseThrow(() -> unknown(device));
    }

    /**
     * Replaces what the merchant may set of a device that somebody has seen.
     *
     * @throws Problem NOT_FOUND when the device or the location is not the merchant's; CONFLICT
     *     when the device was changed since
     */
    public Device replace(
            MerchantId merchant, DeviceId device, Replacement replacement, String seen) {
        return replaceIf(merchant, device, replacement, seen)
                .orElseThrow(() -> {
                    var _ = get(merchant, device);
                    return Problem.conflict(
                            "The device was changed since you opened it. Look again.");
                });
    }

    private Optional<Device> replaceIf(
            MerchantId merchant,
            DeviceId device,
            Replacement replacement,
            @Nullable String version) {
        if (replacement.location() != null) {
            var _ = locations.resolve(merchant, replacement.location());
        }
        Optional<Device> replaced =
                gate.through(
                        merchant,
                        device,
                        () ->
                                table.replace(
                                        merchant, device, replacement, version, Sql.now(clock)));
        forget();
        return replaced;
    }

    /**
     * Ends a device: its token is refused from now on, and it takes no payment any more.
     *
     * @throws Problem NOT_FOUND when there is none, or it was deregistered before
     */
    public void deregister(MerchantId merchant, DeviceId device) {
        boolean deregistered =
                gate.through(
                        merchant, device, () -> table.deregister(merchant, device, Sql.now(clock)));
        if (!deregistered) {
            throw unknown(device);
        }
        revoked(device);
    }

    /** Registers someone to be told, after the commit, that a device's token so far is dead. */
    public void onRevoked(Consumer<DeviceId> follower) {
        followers.add(follower);
    }

    private void revoked(DeviceId device) {
        forget();
        AfterCommit.run(() -> followers.forEach(follower -> follower.accept(device)));
    }

    private static Problem unknown(DeviceId device) {
        return Problem.notFound("There is no device " + device + ".");
    }

    /** The app's address at Apple or Google has changed. */
    void replacePushToken(Device device, String pushToken) {
        gate.run(
                device.merchantId(),
                device.id(),
                () ->
                        table.replacePushToken(
                                device.merchantId(), device.id(), pushToken, Sql.now(clock)));
    }

    /**
     * The device that this bearer token belongs to.
     *
     * @param address of whoever sends it
     * @throws Problem TOO_MANY when too many wrong ones come from there
     */
    Optional<Device> authenticate(String token, String address) {
        return token.startsWith(TOKEN_PREFIX)
                ? known.find(Secrets.hash(token), tokens.isOurs(token), address)
                : Optional.empty();
    }

    /**
     * One of the merchant's devices.
     *
     * @throws Problem NOT_FOUND when there is none
     */
    public Device get(MerchantId merchant, DeviceId device) {
        return table.find(merchant, device).orElseThrow(() -> unknown(device));
    }

    /** Whether the merchant has this device, and has not deregistered it. */
    public boolean isRegistered(MerchantId merchant, DeviceId device) {
        return table.find(merchant, device).isPresent();
    }

    /**
     * Where a device sells: at its own location, else at {@code asked}, else at the merchant's only
     * one (contract D16).
     *
     * @throws Problem NOT_FOUND when the device or {@code asked} is not the merchant's; INVALID for
     *     {@code location_id} when the device stands elsewhere than asked, or nothing says where
     */
    public LocationId sellingLocation(
            MerchantId merchant, DeviceId id, @Nullable LocationId asked) {
        Device device = get(merchant, id);
        if (device.locationId() == null || asked != null) {
            LocationId location = locations.resolve(merchant, asked);
            if (device.locationId() == null) {
                return location;
            }
        }
        if (asked != null && !asked.equals(device.locationId())) {
            throw Problem.invalid(
                    "location_id", "must be the device's own location, " + device.locationId());
        }
        return device.locationId();
    }
}

package dev.kassa.invariants.fuzz;

import dev.kassa.testing.TestClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestOrder;
import dev.kassa.testing.TestServer;
import java.util.List;

/** Merchants for some hundred requests, with a little of everything to begin with. */
final class FuzzWorld {
    private final FuzzRandom random;
    private final FuzzOwner owner;
    private final FuzzOwner capturing;
    private final FuzzOwner stranger;
    private final FuzzOwner streaming;

    FuzzWorld(TestServer server, FuzzRandom random) {
        this.random = random;
        owner = furnished(server.merchant());
        capturing = furnished(TestOrder.capturingManually(server));
        payByKlarna(capturing);
        stranger = furnished(server.merchant());
        streaming = new FuzzOwner(server.merchant());
        var _ = streaming.newDevice();
        look();
    }

    private static FuzzOwner furnished(TestMerchant merchant) {
        FuzzOwner owner = new FuzzOwner(merchant);
        TestClient api = merchant.api();
        var _ =
                api.post(
                                "/kassa/v1/webhook-destinations",
                                "{\"name\": \"Shop\", \"url\": \"https://shop.example/\"}")
                        .is(201);
        String device = owner.newDevice();
        var _ = merchant.session(new TestMerchant.TestDevice(owner.newDevice(), api));
        String paid = merchant.session(new TestMerchant.TestDevice(device, api));
        var _ = merchant.tap(paid, "SUCCESS").is(200);
        for (int i = 0; i < 2; i++) {
            var _ = api.post("/ipp/v1/enrollments", "{}").is(201);
        }
        return owner;
    }

    /** Orders paid so can be extended, and few are. */
    private static void payByKlarna(FuzzOwner owner) {
        var _ = TestOrder.paidByKlarna(owner.merchant(), owner.merchant().device());
    }

    /** Reads anew what there is. */
    void look() {
        owner.look();
        capturing.look();
        stranger.look();
        streaming.look();
    }

    /** Whose request the next one is. */
    FuzzOwner anOwner() {
        return random.chance(60) ? owner : capturing;
    }

    /** One whose ids and credentials are another merchant's. */
    FuzzOwner another(FuzzOwner one) {
        return random.chance(50) || one == stranger ? one == owner ? capturing : owner : stranger;
    }

    /** The one whose devices have streams open, which go on after their request. */
    FuzzOwner streaming() {
        return streaming;
    }

    List<FuzzOwner> owners() {
        return List.of(owner, capturing, stranger, streaming);
    }
}

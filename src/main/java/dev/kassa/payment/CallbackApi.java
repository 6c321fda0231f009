package dev.kassa.payment;

import dev.kassa.access.Actor;
import dev.kassa.access.NoCredential;
import dev.kassa.access.Principal;
import dev.kassa.http.RawBody;
import dev.kassa.kernel.Problem;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * Where providers call back. The sender is authenticated by the provider's own signature, and what
 * it says goes through the same door as every other answer, so repeating a callback is harmless.
 */
@RestController
@NoCredential(
        why = "What a provider says is only a reason to ask it; its adapter checks the signature.")
final class CallbackApi {
    private final Providers providers;
    private final AttemptTable table;
    private final Attempts attempts;

    CallbackApi(Providers providers, AttemptTable table, Attempts attempts) {
        this.providers = providers;
        this.table = table;
        this.attempts = attempts;
    }

    @PostMapping("/providers/{provider}/callbacks")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void receive(@PathVariable("provider") String name, HttpServletRequest request, RawBody body)
            throws IOException {
        Provider provider =
                providers
                        .find(name)
                        .orElseThrow(() ->
                                Problem.notFound("There is no provider '" + name + "' here."));
        Callback callback = provider.callback(request::getHeader, body.bytes());
        Attempt attempt =
                table.findOfAnyMerchant(name, callback.attemptId())
                        .orElseThrow(() ->
                                Problem.notFound(
                                        "There is no payment " + callback.attemptId() + "."));
        try (var _ =
                Principal.as(
                        attempt.merchantId(), new Actor(Actor.Kind.PROVIDER, provider.name()))) {
            var _ = attempts.settle(attempt, callback.outcome());
        }
    }
}

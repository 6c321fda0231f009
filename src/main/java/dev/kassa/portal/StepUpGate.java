package dev.kassa.portal;

import dev.kassa.signin.Confirmations;
import dev.kassa.signin.Passkeys;
import dev.kassa.signin.SecondFactors.Verdict;
import dev.kassa.signin.SignedIn;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Stands before each form with {@link StepUp}. When the sender has not shown lately who they are,
 * nothing is done, and a page asks; it holds what was typed and sends it to the same address once
 * more, with the proof.
 */
@Component
@ControllerAdvice
@Order(Ordered.HIGHEST_PRECEDENCE)
final class StepUpGate implements HandlerInterceptor, WebMvcConfigurer {
    /** The field of the proof. */
    static final String PROOF = "proof";

    /** The field of a passkey's answer, which is a proof as well. */
    private static final String PASSKEY = "passkey";

    private static final Set<String> OWN_FIELDS = Set.of(PROOF, PASSKEY, "_csrf");

    private final Confirmations confirmations;
    private final Passkeys passkeys;
    private final PortalView view;

    StepUpGate(Confirmations confirmations, Passkeys passkeys, PortalView view) {
        this.confirmations = confirmations;
        this.passkeys = passkeys;
        this.view = view;
    }

    /** A field of the form that waits. */
    record Field(String name, String value) {}

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        var _ = registry.addInterceptor(this).addPathPatterns("/portal/**");
    }

    @Override
    public boolean preHandle(
            HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (handler instanceof HandlerMethod method && method.hasMethodAnnotation(StepUp.class)) {
            SignedIn signedIn =
                    SignedIn.now()
                            .orElseThrow(() ->
                                    new IllegalStateException(method + " is for who is signed in"));
            if (!confirmations.isFresh(signedIn)) {
                confirm(request, signedIn);
            }
        }
        return true;
    }

    private void confirm(HttpServletRequest request, SignedIn signedIn) {
        String proof = request.getParameter(PROOF);
        Confirmations.Proof needed = confirmations.needed(signedIn);
        if (proof == null) {
            throw new StepUpAsked(needed, null);
        }
        if (view.isOwnPlayground(request)) {
            confirmations.confirmAtOwnMachine(signedIn);
            return;
        }
        String passkey = request.getParameter(PASSKEY);
        Verdict verdict =
                passkey == null || passkey.isEmpty()
                        ? confirmations.confirm(signedIn, proof)
                        : confirmations.confirmByPasskey(signedIn, request, passkey);
        if (verdict != Verdict.RIGHT) {
            throw new StepUpAsked(needed, verdict);
        }
    }

    @ExceptionHandler
    ModelAndView ask(StepUpAsked asked, HttpServletRequest request) {
        List<Field> fields = new ArrayList<>();
        for (Map.Entry<String, String[]> field : request.getParameterMap().entrySet()) {
            if (!OWN_FIELDS.contains(field.getKey())) {
                for (String value : field.getValue()) {
                    fields.add(new Field(field.getKey(), value));
                }
            }
        }
        ModelAndView page =
                view.alone("confirm")
                        .addObject("action", request.getRequestURI())
                        .addObject("fields", fields)
                        .addObject("needed", asked.needed())
                        .addObject("passkey", passkey(request))
                        .addObject("refused", asked.refused())
                        .addObject("ownPlayground", view.isOwnPlayground(request));
        page.setStatus(HttpStatus.FORBIDDEN);
        return page;
    }

    /** What a passkey would be asked, if the user has one and needs it. */
    private @Nullable String passkey(HttpServletRequest request) {
        return view.isOwnPlayground(request)
                ? null
                : SignedIn.now().flatMap(signedIn -> passkeys.ask(signedIn, request)).orElse(null);
    }
}

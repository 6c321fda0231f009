package dev.kassa.portal;

import dev.kassa.access.AuditAction;
import dev.kassa.access.AuditSearch;
import dev.kassa.access.Permission;
import dev.kassa.access.Requires;
import dev.kassa.access.Role;
import dev.kassa.http.PublicUrl;
import dev.kassa.http.RequestErrors;
import dev.kassa.kernel.Problem;
import dev.kassa.merchant.PortalUser;
import dev.kassa.merchant.UserDetails;
import dev.kassa.merchant.Users;
import dev.kassa.signin.PortalSessions;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Controller;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/**
 * The people of the portal. Nobody is deleted, since what they did stays; who may change whom is
 * decided by {@link Users}. Names stand in parameters: a path could not have all that an e-mail
 * address can.
 */
@Controller
@Requires(Permission.USERS_MANAGE)
final class UserPages {
    private static final int PAGE = 50;
    private static final String ROLE_FORM = "must be one of the roles";

    private final PortalView view;
    private final Users users;
    private final AuditSearch audit;
    private final PortalSessions sessions;
    private final TransactionTemplate transactions;
    private final PublicUrl url;

    UserPages(
            PortalView view,
            Users users,
            AuditSearch audit,
            PortalSessions sessions,
            TransactionTemplate transactions,
            PublicUrl url) {
        this.view = view;
        this.users = users;
        this.audit = audit;
        this.sessions = sessions;
        this.transactions = transactions;
        this.url = url;
    }

    @GetMapping("/portal/users")
    ModelAndView list(
            PortalUser user, @RequestParam(name = "after", defaultValue = "") String after) {
        return list(user, after, PortalForm.of(Map.of()));
    }

    private ModelAndView list(PortalUser user, String after, PortalForm form) {
        List<UserDetails> found = users.byName(user.merchant(), after, PAGE + 1);
        List<UserDetails> shown = found.subList(0, Math.min(PAGE, found.size()));
        return form.on(
                view.page("users", PortalView.Entry.USERS, user)
                        .addObject("users", shown)
                        .addObject("more", found.size() > PAGE)
                        .addObject("roles", roles(user))
                        .addObject(
                                "signIns",
                                audit.latest(
                                        user.merchant(),
                                        AuditAction.USER_SIGNED_IN,
                                        shown.stream().map(UserDetails::email).toList())));
    }

    /** Those that the user may give. */
    private static List<Role> roles(PortalUser user) {
        return Arrays.stream(Role.values()).filter(user.role()::mayHandOut).toList();
    }

    @StepUp
    @PostMapping("/portal/users")
    ModelAndView invite(
            PortalUser user, @RequestParam Map<String, String> typed, HttpServletRequest request) {
        PortalForm form = PortalForm.of(typed);
        String email = form.value("email").strip();
        try {
            RequestErrors faults = new RequestErrors();
            if (!Users.isEmail(email)) {
                faults.add("email", Users.EMAIL_FORM);
            }
            if (Role.of(form.value("role")).isEmpty()) {
                faults.add("role", ROLE_FORM);
            }
            faults.throwIfAny();
            String token = users.invite(user, email, role(form));
            return link(user, email, "user.invited", token, request);
        } catch (Problem refused) {
            return list(user, "", form.refused(refused, "user.taken"));
        }
    }

    private static Role role(PortalForm form) {
        return Role.of(form.value("role")).orElseThrow(() -> Problem.invalid("role", ROLE_FORM));
    }

    /** The only answer that has the link: it is not kept. */
    private ModelAndView link(
            PortalUser user, String email, String done, String token, HttpServletRequest request) {
        return view.page("user-link", PortalView.Entry.USERS, user)
                .addObject("email", email)
                .addObject("done", done)
                .addObject("days", Users.INVITATION.toDays())
                .addObject("link", url.of(request, "/portal/invitation/" + token));
    }

    @GetMapping("/portal/users/user")
    ModelAndView one(
            PortalUser user, @RequestParam(name = "email", defaultValue = "") String email) {
        return one(user, email, PortalForm.of(Map.of()));
    }

    private ModelAndView one(PortalUser user, String email, PortalForm form) {
        UserDetails shown = users.get(user.merchant(), email);
        return form.on(
                view.page("user", PortalView.Entry.USERS, user)
                        .addObject("shown", shown)
                        .addObject("self", shown.email().equals(user.email()))
                        .addObject(
                                "audits", user.role().permissions().contains(Permission.AUDIT_READ))
                        .addObject("reachable", user.role().mayHandOut(shown.role()))
                        .addObject("roles", roles(user))
                        .addObject(
                                "signIns",
                                audit.latest(
                                        user.merchant(),
                                        AuditAction.USER_SIGNED_IN,
                                        List.of(shown.email()))));
    }

    @StepUp
    @PostMapping("/portal/users/role")
    ModelAndView changeRole(PortalUser user, @RequestParam Map<String, String> typed) {
        PortalForm form = PortalForm.of(typed);
        String email = form.value("email");
        try {
            users.changeRole(user, email, role(form));
        } catch (Problem refused) {
            return one(user, email, form.refused(refused, "user.last"));
        }
        return new ModelAndView("redirect:/portal/users");
    }

    @StepUp
    @PostMapping("/portal/users/reset")
    ModelAndView reset(
            PortalUser user, @RequestParam Map<String, String> typed, HttpServletRequest request) {
        PortalForm form = PortalForm.of(typed);
        String email = form.value("email");
        try {
            String token =
                    transactions.execute(_ -> {
                        String made = users.reset(user, email);
                        sessions.endAll(email);
                        return made;
                    });
            return link(user, email, "user.reset.done", String.valueOf(token), request);
        } catch (Problem refused) {
            return one(user, email, form.refused(refused, "user.last"));
        }
    }

    @StepUp
    @PostMapping("/portal/users/disable")
    ModelAndView disable(PortalUser user, @RequestParam Map<String, String> typed) {
        PortalForm form = PortalForm.of(typed);
        String email = form.value("email");
        try {
            transactions.executeWithoutResult(_ -> {
                users.disable(user, email);
                sessions.endAll(email);
            });
        } catch (Problem refused) {
            return one(user, email, form.refused(refused, "user.last"));
        }
        return new ModelAndView("redirect:/portal/users");
    }
}

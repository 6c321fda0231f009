package dev.kassa.portal;

import dev.kassa.http.ApiRoot;
import dev.kassa.http.AuthenticatedArgument;
import dev.kassa.http.Challenge;
import dev.kassa.http.ErrorShape;
import dev.kassa.merchant.PortalUser;
import dev.kassa.signin.CsrfCookie;
import dev.kassa.signin.PasswordSignIn;
import dev.kassa.signin.SessionCookie;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.util.UriUtils;

/**
 * Spring Security before {@code /portal} and before nothing else: its filters are registered for
 * those addresses alone.
 */
@Configuration(proxyBeanMethods = false)
@EnableWebSecurity
class PortalSecurity {
    static final String LOGIN = "/portal/login";

    /** Where the second factor is asked for. */
    static final String CODE = LOGIN + "/code";

    /** After the filters that find the operation and before those that ask for a principal. */
    private static final int ORDER = 11;

    @Bean
    ApiRoot portalRoot() {
        return new ApiRoot("/portal/", ErrorShape.PAGE, Challenge.API_KEY, true);
    }

    @Bean
    AuthenticatedArgument portalUserArgument() {
        return new AuthenticatedArgument(PortalUser.class, "portal");
    }

    /** Its spans and meters for each filter tell an operator nothing of a payment. */
    @Bean
    SecurityObservationSettings securityObservations() {
        return SecurityObservationSettings.noObservations();
    }

    @Bean
    FilterRegistrationBean<Filter> portalSecurityFilter(
            @Qualifier("springSecurityFilterChain") Filter security) {
        FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>(security);
        registration.addUrlPatterns("/portal", "/portal/*");
        registration.setOrder(ORDER);
        return registration;
    }

    @Bean
    SecurityFilterChain portalChain(
            HttpSecurity http, SessionCookie cookie, PasswordSignIn passwords) {
        return http.securityMatcher("/portal", "/portal/**")
                // With no manager above it that would try the same once more.
                .authenticationManager(new ProviderManager(passwords))
                .securityContext(context -> context.securityContextRepository(cookie))
                .sessionManagement(
                        sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .requestCache(AbstractHttpConfigurer::disable)
                // Set once for every answer, by dev.kassa.http.
                .headers(AbstractHttpConfigurer::disable)
                .csrf(csrf -> csrf.csrfTokenRepository(new CsrfCookie()))
                .authorizeHttpRequests(requests ->
                        requests.requestMatchers(
                                        LOGIN,
                                        LOGIN + "/playground",
                                        CODE,
                                        "/portal/invitation/*",
                                        "/portal/assets/**")
                                .permitAll()
                                .anyRequest()
                                .authenticated())
                .exceptionHandling(
                        exceptions -> exceptions.authenticationEntryPoint(PortalSecurity::toLogin))
                .formLogin(form ->
                        form.loginPage(LOGIN)
                                .usernameParameter("email")
                                .successHandler((request, response, _) ->
                                        response.sendRedirect(afterPassword(request)))
                                .failureHandler(PortalSecurity::again))
                .logout(logout ->
                        logout.logoutUrl("/portal/logout")
                                .addLogoutHandler(cookie)
                                .logoutSuccessUrl(LOGIN + "?out"))
                .build();
    }

    private static void toLogin(
            HttpServletRequest request,
            HttpServletResponse response,
            AuthenticationException missing)
            throws IOException {
        if (SessionCookie.isLive(request)) {
            // The script leads the whole page there.
            response.setHeader("HX-Redirect", LOGIN);
            response.setStatus(HttpServletResponse.SC_UNAUTHORIZED);
            return;
        }
        String path = request.getRequestURI();
        String query = request.getQueryString();
        String asked = query == null ? path : path + "?" + query;
        response.sendRedirect(
                request.getMethod().equals("GET") && !path.equals("/portal")
                        ? LOGIN + "?next=" + URLEncoder.encode(asked, StandardCharsets.UTF_8)
                        : LOGIN);
    }

    private static void again(
            HttpServletRequest request, HttpServletResponse response, AuthenticationException wrong)
            throws IOException {
        String next = request.getParameter("next");
        response.sendRedirect(
                LOGIN
                        + (wrong instanceof LockedException ? "?slow" : "?wrong")
                        + (next == null
                                ? ""
                                : "&next=" + UriUtils.encode(next, StandardCharsets.UTF_8)));
    }

    /** Where a right password leads: in, or to the second factor. */
    static String afterPassword(HttpServletRequest request) {
        return SessionCookie.owesFactor(request)
                ? CODE + "?next=" + UriUtils.encode(next(request), StandardCharsets.UTF_8)
                : next(request);
    }

    /** Where a sign-in leads: to the page that was asked for, if it is one of the portal. */
    static String next(HttpServletRequest request) {
        String next = request.getParameter("next");
        return next != null && next.matches("/portal/[A-Za-z0-9][^\\\\\\p{Cntrl}]*")
                ? next
                : "/portal";
    }
}

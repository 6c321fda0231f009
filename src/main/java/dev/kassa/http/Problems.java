package dev.kassa.http;

import dev.kassa.database.RowBusyException;
import dev.kassa.database.SqlErrors;
import dev.kassa.kernel.OrderId;
import dev.kassa.kernel.Problem;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageNotWritableException;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;

/** The one place that turns a refusal into an HTTP answer: problem details as of RFC 9457. */
@RestControllerAdvice
public final class Problems {
    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);
    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");
    private static final String VALIDATION_FAILED = "Validation Failed";
    private static final String UUID_FORM = "a UUID such as 01a1fc48-b660-734b-8437-2abdc869b65f";

    private static final String NOTHING_HERE =
            "There is nothing at this address. Compare its path with the documentation.";

    private static HttpStatus status(Problem.Kind kind) {
        return switch (kind) {
            case INVALID -> HttpStatus.BAD_REQUEST;
            case UNAUTHORIZED -> HttpStatus.UNAUTHORIZED;
            case FORBIDDEN -> HttpStatus.FORBIDDEN;
            case NOT_FOUND -> HttpStatus.NOT_FOUND;
            case CONFLICT -> HttpStatus.CONFLICT;
            case TOO_LARGE -> HttpStatus.CONTENT_TOO_LARGE;
            case TOO_SLOW -> HttpStatus.REQUEST_TIMEOUT;
            case UNSUPPORTED_MEDIA_TYPE -> HttpStatus.UNSUPPORTED_MEDIA_TYPE;
            case KEY_REUSED -> HttpStatus.UNPROCESSABLE_CONTENT;
            case TOO_MANY -> HttpStatus.TOO_MANY_REQUESTS;
            case UNAVAILABLE -> HttpStatus.SERVICE_UNAVAILABLE;
        };
    }

    /** Answers {@code problem}; for filters, which run before any operation. */
    public static void write(
            Problem problem, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        HttpStatus status = status(problem.kind());
        if (problem.retryAfter().isPositive()) {
            long seconds = problem.retryAfter().plusMillis(999).toSeconds();
            response.setHeader(HttpHeaders.RETRY_AFTER, Long.toString(Math.max(1, seconds)));
        }
        if (status == HttpStatus.UNAUTHORIZED) {
            response.setHeader(
                    HttpHeaders.WWW_AUTHENTICATE, ApiRoot.of(request).challenge().of(request));
        }
        if (status == HttpStatus.UNSUPPORTED_MEDIA_TYPE) {
            response.setHeader(HttpHeaders.ACCEPT, MediaType.APPLICATION_JSON_VALUE);
            response.setHeader(HttpHeaders.ACCEPT_ENCODING, "identity");
        }
        String title = problem.errors().isEmpty() ? status.getReasonPhrase() : VALIDATION_FAILED;
        write(status.value(), title, problem, request, response);
    }

    private static void write(
            int status,
            String title,
            Problem problem,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        write(
                refused(status, title, problem.code(), problem.detail(), problem.errors(), request),
                request,
                response);
    }

    /** An error that no {@link Problem} tells of. */
    static void write(
            int status, String detail, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        write(refused(status, title(status), null, detail, Map.of(), request), request, response);
    }

    /** Answers a request for an address that nothing is at. */
    static void nothingHere(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        write(HttpStatus.NOT_FOUND.value(), NOTHING_HERE, request, response);
    }

    private static ErrorShape.Refused refused(
            int status,
            String title,
            @Nullable String code,
            String detail,
            Map<String, String> errors,
            HttpServletRequest request) {
        Object path = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
        return new ErrorShape.Refused(
                status,
                title,
                code,
                detail,
                errors,
                path == null ? request.getRequestURI() : path.toString(),
                CorrelationFilter.id(request));
    }

    private static void write(
            ErrorShape.Refused refused, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        if (response.isCommitted()) {
            return;
        }
        ErrorShape shape = ApiRoot.of(request).errors();
        response.setStatus(refused.status());
        response.setContentType(shape.mediaType());
        response.getOutputStream().write(shape.write(refused));
    }

    @ExceptionHandler
    void problem(Problem problem, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        write(problem, request, response);
    }

    /**
     * A path or query value that its type cannot read: a bad UUID, a page number that is no number.
     */
    @ExceptionHandler
    void mismatch(
            MethodArgumentTypeMismatchException e,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        Class<?> type = e.getRequiredType();
        if (type == OrderId.class) {
            // The code and the words of the API that this one is compatible with.
            write(
                    Problem.invalid(
                            "INVALID_ORDER_ID", e.getName(), "Order ID must be a valid UUID"),
                    request,
                    response);
            return;
        }
        String message =
                type != null && type.getSimpleName().endsWith("Id")
                        ? "must be " + UUID_FORM
                        : "is not of the documented type";
        write(Problem.invalid(e.getName(), message), request, response);
    }

    /** PostgreSQL is away, perhaps only restarting, or too slow, or somebody holds a lock. */
    @ExceptionHandler({
        DataAccessResourceFailureException.class,
        TransientDataAccessException.class,
        RecoverableDataAccessException.class,
        TransactionException.class
    })
    void database(Exception e, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        if (TransactionRetry.take(request, e)) {
            return;
        }
        // Whoever is refused since others wait already tells nothing that they will not tell.
        LOG.atLevel(e instanceof RowBusyException ? Level.DEBUG : Level.WARN)
                .log("{}: {}", LoggedRequest.of(request), SqlErrors.reason(e));
        write(ofDatabase(e), request, response);
    }

    /** What a failure of the database means for the caller. */
    static Problem ofDatabase(Exception e) {
        if (SqlErrors.isInDoubt(e)) {
            return Problem.inDoubt();
        }
        return e instanceof CannotAcquireLockException || e instanceof RowBusyException
                ? Problem.busy("the same thing")
                : Problem.unavailable();
    }

    /** A query string or form that cannot be decoded; Tomcat notices when it is first looked at. */
    @ExceptionHandler
    void undecodable(
            InvalidParameterException e, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        write(Query.undecodable(), request, response);
    }

    /** The device went away while it was being written to; there is nobody left to answer. */
    @ExceptionHandler
    void gone(AsyncRequestNotUsableException e) {
        LOG.debug("client went away", e);
    }

    /**
     * A defect of ours that shows when the answer is written. Within a transaction all is undone,
     * and that is said. After a commit it is done: the status says so, without a body, since an
     * error would be taken for leave to do it again (I14).
     */
    @ExceptionHandler
    void unwritable(
            HttpMessageNotWritableException e,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        if (SAFE.contains(request.getMethod())
                || TransactionSynchronizationManager.isActualTransactionActive()) {
            other(e, request, response);
            return;
        }
        LOG.error("{} was done, and its answer could not be written", LoggedRequest.of(request), e);
    }

    /** Spring's own refusals (405, 406, 415, a missing parameter) and, last, our defects. */
    @ExceptionHandler
    void other(Exception e, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        if (response.isCommitted()) {
            LOG.debug("the answer was already under way", e);
            return;
        }
        if (e instanceof ErrorResponse refusal) {
            Set<String> allowed = allowed(refusal);
            if (!allowed.isEmpty()) {
                response.setHeader(HttpHeaders.ALLOW, String.join(", ", allowed));
            }
            HttpStatusCode code = refusal.getStatusCode();
            write(code.value(), detail(refusal), request, response);
            return;
        }
        LOG.error("{} failed", LoggedRequest.of(request), e);
        write(
                500,
                "Something went wrong in the server. Its log has the reason under this correlation_id.",
                request,
                response);
    }

    /** The methods of the address, with those that come with them. */
    private static Set<String> allowed(ErrorResponse refusal) {
        Set<String> allowed = new TreeSet<>();
        refusal.getHeaders().getAllow().forEach(method -> allowed.add(method.name()));
        if (allowed.contains("GET")) {
            allowed.add("HEAD");
        }
        if (!allowed.isEmpty()) {
            allowed.add("OPTIONS");
        }
        return allowed;
    }

    /** Spring's words tell of its own parts; ours of the request. */
    private static String detail(ErrorResponse refusal) {
        @Nullable String detail = refusal.getBody().getDetail();
        return switch (refusal.getStatusCode().value()) {
            case 404 -> NOTHING_HERE;
            case 405 ->
                    "This address does not take this method. It takes "
                            + String.join(", ", allowed(refusal))
                            + ".";
            case 406 ->
                    "The header Accept allows nothing that can be answered here. Send it as"
                            + " application/json, or leave it out.";
            default -> detail == null ? title(refusal.getStatusCode().value()) : detail;
        };
    }

    static String title(int status) {
        HttpStatus known = HttpStatus.resolve(status);
        return known == null ? "Error" : known.getReasonPhrase();
    }
}

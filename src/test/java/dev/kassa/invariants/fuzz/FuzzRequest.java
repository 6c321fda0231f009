package dev.kassa.invariants.fuzz;

import dev.kassa.testing.Contract;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * One request, as its bytes.
 *
 * @param operation what it is meant for
 * @param chunked whether the body goes in pieces, without its length
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record FuzzRequest(
        Contract.Documented operation,
        String method,
        String target,
        List<Header> headers,
        byte[] body,
        boolean chunked) {
    private static final int SHOWN = 3000;
    private static final int PIECE = 1000;

    record Header(String name, String value) {
        @Override
        public String toString() {
            return name + ": " + value + "\r\n";
        }
    }

    /** Whether the files document this method on this path. */
    boolean isDocumented() {
        return method.equals(operation.method());
    }

    /** Whether its target is as of RFC 3986, which is all that the files speak of. */
    boolean hasUri() {
        return target.matches("([\\w.~:/?@!$&'()*+,;=-]|%\\p{XDigit}{2})*");
    }

    /** A method that must change nothing, whatever is answered. */
    boolean isSafe() {
        return List.of("GET", "HEAD", "OPTIONS", "TRACE").contains(method);
    }

    private String head() {
        StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\n");
        head.append("Host: 127.0.0.1\r\n");
        headers.forEach(head::append);
        if (chunked) {
            head.append("Transfer-Encoding: chunked\r\n");
        } else if (body.length > 0 || List.of("POST", "PUT", "PATCH").contains(method)) {
            head.append("Content-Length: ").append(body.length).append("\r\n");
        }
        return head.append("\r\n").toString();
    }

    byte[] bytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(head().getBytes(StandardCharsets.ISO_8859_1));
        if (!chunked) {
            bytes.writeBytes(body);
            return bytes.toByteArray();
        }
        for (int from = 0; from < body.length; from += PIECE) {
            int size = Math.min(PIECE, body.length - from);
            bytes.writeBytes(
                    (Integer.toHexString(size) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            bytes.write(body, from, size);
            bytes.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        bytes.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return bytes.toByteArray();
    }

    /** As {@link Contract} wants to see it: without parameters of path segments. */
    HttpRequest plain(URI server) {
        String path = target.replaceFirst("\\?.*", "").replaceAll(";[^/]*", "");
        String query = target.contains("?") ? target.substring(target.indexOf('?')) : "";
        return HttpRequest.newBuilder(URI.create("http://" + server.getAuthority() + path + query))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
    }

    @Override
    public String toString() {
        String text = head() + new String(body, StandardCharsets.UTF_8);
        return String.format(
                Locale.ROOT,
                "for %s:%n%s",
                operation.id(),
                text.length() > SHOWN ? text.substring(0, SHOWN) + "..." : text);
    }
}

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import javax.net.ssl.SSLSocketFactory;

/** One connection kept alive, for a generator that leaves the machine to the server. */
final class HttpConnection implements AutoCloseable {
    private final URI url;
    private Socket socket = new Socket();
    private InputStream in = InputStream.nullInputStream();

    HttpConnection(URI url) throws IOException {
        this.url = url;
        open();
    }

    private void open() throws IOException {
        socket.close();
        socket =
                url.getScheme().equals("https")
                        ? SSLSocketFactory.getDefault().createSocket(url.getHost(), url.getPort())
                        : new Socket(url.getHost(), url.getPort());
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
    }

    String get(String path, String authorization) throws IOException {
        return send("GET", path, authorization, "");
    }

    String post(String path, String authorization, String body) throws IOException {
        return send("POST", path, authorization, body);
    }

    /** The body of the answer; a status other than 2xx is a failure. */
    private String send(String method, String path, String authorization, String body)
            throws IOException {
        byte[] content = body.getBytes(StandardCharsets.UTF_8);
        String type =
                content.length == 0
                        ? ""
                        : "Content-Type: application/json\r\nContent-Length: " + content.length + "\r\n";
        byte[] head =
                (method + " " + path + " HTTP/1.1\r\nHost: " + url.getAuthority()
                                + "\r\nAuthorization: " + authorization + "\r\n" + type + "\r\n")
                        .getBytes(StandardCharsets.US_ASCII);
        byte[] request = Arrays.copyOf(head, head.length + content.length);
        System.arraycopy(content, 0, request, head.length, content.length);
        socket.getOutputStream().write(request);
        String status = line();
        int length = -1;
        boolean closes = false;
        for (String header = line(); !header.isEmpty(); header = line()) {
            String lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Integer.parseInt(header.substring(15).strip());
            }
            // A server ends a connection after so many requests, or when it stops.
            closes |= lower.equals("connection: close");
        }
        String text = body(length);
        if (closes) {
            open();
        }
        if (!status.contains(" 20")) {
            throw new IOException(method + " " + path + ": " + status + " " + text);
        }
        return text;
    }

    private String body(int length) throws IOException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        if (length >= 0) {
            answer.write(in.readNBytes(length));
        } else {
            for (int n = chunk(); n > 0; n = chunk()) {
                answer.write(in.readNBytes(n));
                line();
            }
            line();
        }
        return answer.toString(StandardCharsets.UTF_8);
    }

    private int chunk() throws IOException {
        return Integer.parseInt(line(), 16);
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("closed");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

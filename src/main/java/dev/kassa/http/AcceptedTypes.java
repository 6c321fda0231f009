package dev.kassa.http;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.util.InvalidMimeTypeException;
import org.springframework.util.MimeTypeUtils;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.accept.ContentNegotiationStrategy;
import org.springframework.web.context.request.NativeWebRequest;

/**
 * The media types that a client accepts. Parameters other than the weight are disregarded: JSON is
 * UTF-8 and has no versions here, and what a client writes there must never come back to it.
 */
final class AcceptedTypes implements ContentNegotiationStrategy {
    private static final Pattern WEIGHT = Pattern.compile(";\\s*[qQ]\\s*=\\s*([^;\\s]*)");

    @Override
    public List<MediaType> resolveMediaTypes(NativeWebRequest request)
            throws HttpMediaTypeNotAcceptableException {
        String[] accepts = request.getHeaderValues(HttpHeaders.ACCEPT);
        if (accepts == null) {
            return MEDIA_TYPE_ALL_LIST;
        }
        try {
            List<MediaType> types = new ArrayList<>();
            for (String accept : accepts) {
                MimeTypeUtils.tokenize(accept).forEach(type -> types.add(plain(type)));
            }
            MimeTypeUtils.sortBySpecificity(types);
            List<MediaType> unweighted =
                    types.stream().map(MediaType::removeQualityValue).distinct().toList();
            return unweighted.isEmpty() ? MEDIA_TYPE_ALL_LIST : unweighted;
        } catch (InvalidMediaTypeException | InvalidMimeTypeException e) {
            throw new HttpMediaTypeNotAcceptableException("Accept cannot be read");
        }
    }

    /** With its weight alone. */
    private static MediaType plain(String type) {
        Matcher weight = WEIGHT.matcher(type);
        return MediaType.parseMediaType(
                type.replaceFirst(";.*", "") + (weight.find() ? ";q=" + weight.group(1) : ""));
    }
}

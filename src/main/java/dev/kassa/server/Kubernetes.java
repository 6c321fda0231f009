package dev.kassa.server;

import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Variables that Kubernetes puts into every container of a namespace for each Service whose name
 * begins with {@code kassa}: {@code KASSA_SERVICE_HOST}, {@code KASSA_PORT=tcp://10.0.0.1:80} and
 * the like, in the form of Docker links. They look like settings of ours and are none.
 */
final class Kubernetes {
    private static final Pattern VARIABLE =
            Pattern.compile(
                    """
                    KASSA_(\\w+_)?SERVICE_HOST=[0-9a-fA-F.:]+
                    KASSA_(\\w+_)?SERVICE_PORT(_\\w+)?=\\d+
                    KASSA_(\\w+_)?PORT(_\\d+_(TCP|UDP|SCTP))?=(tcp|udp|sctp)://.+
                    KASSA_(\\w+_)?PORT_\\d+_(TCP|UDP|SCTP)_(PROTO|PORT|ADDR)=[a-z0-9A-F.:]+
                    """
                            .strip()
                            .replace("\n", "|"));

    private Kubernetes() {}

    /** The environment without them. */
    static Map<String, String> without(Map<String, String> environment) {
        return environment.entrySet().stream()
                .filter(variable -> !VARIABLE.matcher(variable.toString()).matches())
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}

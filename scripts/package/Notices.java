import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Collects the licences and notices that libraries carry: {@code java Notices.java LIB_FOLDER
 * OUT_FOLDER}. Each library gets a folder with its texts; THIRD-PARTY.txt lists all, with what its
 * pom or manifest says.
 */
final class Notices {
    private static final Pattern TEXT =
            Pattern.compile(
                    "(META-INF/)?(licen[cs]es?/)?[^/]*(licen[cs]e|notice|copying|copyright)[^/]*"
                            + "(\\.txt|\\.md)?",
                    Pattern.CASE_INSENSITIVE);
    private static final Pattern POM = Pattern.compile("META-INF/maven/.*/pom\\.xml");
    private static final Pattern LICENCE =
            Pattern.compile("<license>\\s*(?:<[^n][^>]*>[^<]*<[^>]*>\\s*)*<name>([^<]*)</name>");

    private Notices() {}

    public static void main(String[] args) throws IOException {
        List<Path> jars;
        try (Stream<Path> files = Files.list(Path.of(args[0]))) {
            jars = files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
        }
        List<String> lines = new ArrayList<>();
        lines.add("The libraries in app/lib. Their own texts, where they carry any, are in the folder of each.");
        lines.add("The runtime's are in runtime/legal, those of PostgreSQL in its archive.");
        lines.add("");
        for (Path jar : jars) {
            lines.add(collect(jar, Path.of(args[1])));
        }
        Files.write(Path.of(args[1]).resolve("THIRD-PARTY.txt"), lines);
    }

    private static String collect(Path path, Path out) throws IOException {
        String name = path.getFileName().toString();
        List<String> licences = new ArrayList<>();
        int texts = 0;
        try (JarFile jar = new JarFile(path.toFile())) {
            if (jar.getManifest() != null) {
                String said = jar.getManifest().getMainAttributes().getValue("Bundle-License");
                if (said != null) {
                    licences.add(said);
                }
            }
            for (JarEntry entry : jar.stream().filter(one -> !one.isDirectory()).toList()) {
                if (POM.matcher(entry.getName()).matches()) {
                    Matcher licence = LICENCE.matcher(new String(read(jar, entry), StandardCharsets.UTF_8));
                    while (licence.find()) {
                        licences.add(licence.group(1).strip());
                    }
                } else if (TEXT.matcher(entry.getName()).matches() && !entry.getName().endsWith(".class")) {
                    Path folder = Files.createDirectories(out.resolve(name.replaceFirst("\\.jar$", "")));
                    Files.write(folder.resolve(Path.of(entry.getName()).getFileName()), read(jar, entry));
                    texts++;
                }
            }
        }
        return name + ": "
                + (licences.isEmpty() ? "" : String.join("; ", licences.stream().distinct().toList()) + "; ")
                + (texts == 0 ? "carries no text of its own" : texts + (texts == 1 ? " text" : " texts"));
    }

    private static byte[] read(JarFile jar, JarEntry entry) throws IOException {
        try (InputStream in = jar.getInputStream(entry)) {
            return in.readAllBytes();
        }
    }
}

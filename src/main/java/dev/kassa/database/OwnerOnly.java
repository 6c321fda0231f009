package dev.kassa.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;

/** Closes a directory to everyone but its owner, where the file system knows of owners. */
final class OwnerOnly {
    private OwnerOnly() {}

    static void close(Path directory) throws IOException {
        PosixFileAttributeView view =
                Files.getFileAttributeView(directory, PosixFileAttributeView.class);
        if (view != null && Files.exists(directory)) {
            view.setPermissions(PosixFilePermissions.fromString("rwx------"));
        }
    }
}

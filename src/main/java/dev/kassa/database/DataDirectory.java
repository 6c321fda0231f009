package dev.kassa.database;

import dev.kassa.kernel.Refusal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The directory where one server keeps its cluster, keys and credentials, locked while it runs. The
 * operating system drops the lock when the process ends, however it ends.
 */
public final class DataDirectory implements AutoCloseable {
    private final Path path;
    private final FileChannel lock;

    private DataDirectory(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /** Makes the directory if need be and locks it; refuses one that another server uses. */
    public static DataDirectory lock(Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        FileChannel channel;
        try {
            if (Files.notExists(absolute)) {
                Files.createDirectories(absolute);
                OwnerOnly.close(absolute);
            }
            channel =
                    FileChannel.open(
                            absolute.resolve("kassa.lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new Refusal(
                    "Cannot write to the data directory "
                            + absolute
                            + " ("
                            + e
                            + "). Make it writable or set KASSA_DATA_DIR to another.",
                    e);
        }
        try {
            if (channel.tryLock() != null) {
                channel.truncate(0);
                String pid = ProcessHandle.current().pid() + "\n";
                var _ = channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.UTF_8)), 0);
                return new DataDirectory(absolute, channel);
            }
        } catch (OverlappingFileLockException e) {
            // Another server in this very process: refused below like any other.
        } catch (IOException e) {
            throw new Refusal("Cannot lock the data directory " + absolute + " (" + e + ").", e);
        }
        throw new Refusal(
                "Another Kassa server (pid "
                        + holder(channel)
                        + ") uses the data directory "
                        + absolute
                        + ". Stop it, or set KASSA_DATA_DIR (and KASSA_PORT) for a second one.");
    }

    private static String holder(FileChannel channel) {
        try (channel) {
            ByteBuffer buffer = ByteBuffer.allocate(32);
            var _ = channel.read(buffer, 0);
            return StandardCharsets.UTF_8.decode(buffer.flip()).toString().strip();
        } catch (IOException e) {
            return "unknown";
        }
    }

    /** Absolute. */
    public Path path() {
        return path;
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw new IllegalStateException("closing the lock of " + path, e);
        }
    }
}

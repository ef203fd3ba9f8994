using System.Text;
using Culvert.Jose.Json;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Platform.Secrets;

/// <summary>Files and folders that only their owner may access.</summary>
public static class PrivateFile
{
    public const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public const UnixFileMode FolderMode = Mode | UnixFileMode.UserExecute;

    /// <summary>Forbidden mode bits of both. The set-group-id bit of a shared volume's folder grants no access.</summary>
    public const UnixFileMode Others =
        UnixFileMode.GroupRead
        | UnixFileMode.GroupWrite
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherWrite
        | UnixFileMode.OtherExecute;

    // Most secrets are short, and some are read at every request, so the first buffer is small.
    private const int FirstBytes = 1024;

    /// <summary>
    /// Reads a text file if group and others have no access. A file owned by root may be readable by this program's
    /// group: systemd passes credentials so, and Kubernetes the files of a volume with <c>fsGroup</c>.
    /// </summary>
    /// <exception cref="SecretUnavailableException">It is missing, too large, not UTF-8, or open to others.</exception>
    public static string ReadText(string path, int maxBytes = 64 * 1024)
    {
        try
        {
            using var handle = File.OpenHandle(path);
            if (IsOpenToOthers(handle))
            {
                throw new SecretUnavailableException($"{path} can be read by others: run `chmod 600 {path}`.");
            }

            var buffer = new byte[Math.Min(FirstBytes, maxBytes + 1)];
            var length = 0;
            int read;
            while ((read = RandomAccess.Read(handle, buffer.AsSpan(length), length)) > 0)
            {
                length += read;
                if (length == buffer.Length && length <= maxBytes)
                {
                    Array.Resize(ref buffer, (int)Math.Min(4L * length, maxBytes + 1L));
                }
            }

            if (length > maxBytes)
            {
                throw new SecretUnavailableException($"{path} is larger than {maxBytes} bytes.");
            }

            var start = Utf8Text.FindStart(buffer.AsSpan(0, length));
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(buffer, start, length - start);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new SecretUnavailableException($"{path} does not exist.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SecretUnavailableException($"{path} cannot be read: {e.Message}");
        }
        catch (DecoderFallbackException)
        {
            // The inner exception would quote the bytes.
            throw new SecretUnavailableException($"{path} is not UTF-8 text.");
        }
    }

    /// <summary>Writes a new file and flushes it to the disk.</summary>
    /// <exception cref="IOException">The file exists already, or the disk refuses.</exception>
    public static void WriteNew(string path, ReadOnlySpan<byte> content)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = Mode,
        };
        using var file = new FileStream(path, options);
        file.Write(content);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Replaces a file atomically: writes a new file next to it, then renames it. One writer at a time.</summary>
    /// <exception cref="IOException">The disk refuses; the old file is unchanged.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        var next = path + ".new";
        File.Delete(next); // a file left by a crash would keep its own mode
        WriteNew(next, content);
        File.Move(next, path, overwrite: true);
    }

    private static bool IsOpenToOthers(SafeFileHandle handle)
    {
        var open = File.GetUnixFileMode(handle) & Others;
        return open != 0 && (open != UnixFileMode.GroupRead || !PosixFile.IsHandedOver(handle));
    }
}

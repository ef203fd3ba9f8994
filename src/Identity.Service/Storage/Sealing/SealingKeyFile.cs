using System.Text;

namespace Culvert.Identity.Service.Storage.Sealing;

/// <summary>Makes and reads the key file: owned by us and readable by nobody else, or not at all.</summary>
internal static class SealingKeyFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes the file when it is absent.</summary>
    public static void Ensure(string file)
    {
        if (File.Exists(file))
        {
            return;
        }

        using var stream = new FileStream(
            file,
            new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = OwnerOnly,
            }
        );
        stream.Write(Encoding.ASCII.GetBytes(SealingKeys.NewText()));
        stream.Flush(flushToDisk: true);
    }

    public static string Read(string file)
    {
        if (!File.Exists(file))
        {
            throw new StoreException($"The sealing key {file} does not exist: restore it from its own backup.");
        }

        if ((File.GetUnixFileMode(file) & ~OwnerOnly) != 0)
        {
            throw new StoreException($"The sealing key {file} is open to others: chmod 600 {file}");
        }

        return File.ReadAllText(file);
    }
}

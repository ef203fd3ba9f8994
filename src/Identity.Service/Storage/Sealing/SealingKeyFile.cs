using System.Text;
using Culvert.Platform.Secrets;

namespace Culvert.Identity.Service.Storage.Sealing;

/// <summary>Creates and reads the key file, which only its owner may read.</summary>
internal static class SealingKeyFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

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

        RequireOwner(file);
        return File.ReadAllText(file);
    }

    /// <summary>
    /// Refuses a key that another user could replace (S19). Root is accepted: it provides credentials and can replace any
    /// file. A missing file is reported by its reader.
    /// </summary>
    /// <exception cref="StoreException">Another user owns the file.</exception>
    public static void RequireOwner(string file)
    {
        if (
            File.Exists(file)
            && PosixFile.GetOwnerThroughLinks(file) is var owner
            && owner != PosixFile.Root
            && owner != PosixFile.Self
        )
        {
            throw new StoreException(
                $"The sealing key {file} belongs to another user, who could replace it: chown it to the service's user."
            );
        }
    }
}

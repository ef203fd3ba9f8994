using Culvert.Identity.Service.Settings;

namespace Culvert.Identity.Service.Tunnels.Hostnames;

/// <summary>Reads the list again when the file changes: distributions replace it without a restart of the service.</summary>
internal sealed class PublicSuffixFile(Current<HostnameOptions> options)
{
    private readonly Lock gate = new();
    private (string Path, DateTime WrittenAt, PublicSuffixes? Suffixes)? read; // guarded by the gate

    /// <summary>Null if the file is missing or unreadable.</summary>
    public PublicSuffixes? Current
    {
        get
        {
            lock (gate)
            {
                var path = options.Value.PublicSuffixFile;
                var file = new FileInfo(path.Length > 0 ? path : "/");
                if (!file.Exists)
                {
                    return null;
                }

                if (read is not { } known || (known.Path, known.WrittenAt) != (path, file.LastWriteTimeUtc))
                {
                    read = known = (path, file.LastWriteTimeUtc, Read(file.FullName));
                }

                return known.Suffixes;
            }
        }
    }

    private static PublicSuffixes? Read(string path)
    {
        try
        {
            return PublicSuffixes.Read(File.ReadLines(path));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

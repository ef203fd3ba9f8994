using Culvert.Jose;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>
/// Reads key sets from the one configured directory. Links are followed, because that is how mounted volumes replace
/// files atomically, but never out of the directory.
/// </summary>
internal sealed class KeyFile(string? directory)
{
    private const int MaxLinks = 16;

    /// <summary>When the file was last written; null = there is none, or it may not be read.</summary>
    public DateTime? LastWrite(string path)
    {
        var (file, _) = Find(path);
        return file?.LastWriteTimeUtc;
    }

    public async Task<FetchedDocument> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var (file, failure) = Find(path);
        if (file is null)
        {
            return FetchedDocument.Failed(failure!);
        }

        try
        {
            return FetchedDocument.Of(await File.ReadAllBytesAsync(file.FullName, cancellationToken));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return FetchedDocument.Failed($"{path} cannot be read ({fault.GetType().Name})");
        }
    }

    private (FileInfo?, string? Failure) Find(string path)
    {
        if (directory is null)
        {
            return (null, "the installation has no jwks_directory");
        }

        try
        {
            var root = Canonical(directory, 0);
            var target = Canonical(Path.Combine(directory, path), 0);
            if (!target.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            {
                return (null, $"{path} leads out of jwks_directory");
            }

            var file = new FileInfo(target);
            // A pipe or device has no length: opening one would wait for its other end.
            return file is { Exists: true, Length: > 0 and <= JoseLimits.MaxKeySetBytes }
                ? (file, null)
                : (null, $"{path} is no file of 1 byte to {JoseLimits.MaxKeySetBytes / 1024} KiB");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return (null, $"{path} cannot be read ({fault.GetType().Name})");
        }
    }

    // realpath(3): every segment may be a link, not only the last.
    private static string Canonical(string path, int links)
    {
        var result = Path.GetPathRoot(path)!;
        foreach (var segment in Path.GetFullPath(path)[result.Length..].Split(Path.DirectorySeparatorChar))
        {
            result = Path.Combine(result, segment);
            if (new FileInfo(result).ResolveLinkTarget(returnFinalTarget: false) is { } target)
            {
                result =
                    links < MaxLinks ? Canonical(target.FullName, links + 1) : throw new IOException("Too many links.");
            }
        }

        return result;
    }
}

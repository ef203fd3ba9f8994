using System.Globalization;
using Culvert.Jose.Refusals;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>
/// Reads key sets from the configured directory. Follows links, because mounted volumes replace files atomically by
/// links, but never out of the directory.
/// </summary>
/// <param name="readDirectory">The directory in force, read at each use. Null = there are no such key sets.</param>
internal sealed class KeyFile(Func<string?> readDirectory)
{
    private const int MaxLinks = 16;

    /// <summary>The file; unchanged if its date and length are those of <paramref name="entityTag"/>.</summary>
    public async Task<FetchedDocument> ReadAsync(string path, string? entityTag, CancellationToken cancellationToken)
    {
        var (file, failure) = Find(path);
        if (file is null)
        {
            return Failed(failure!);
        }

        var tag = string.Create(
            CultureInfo.InvariantCulture,
            $"{file.LastWriteTimeUtc.Ticks}-{file.Length}-{file.FullName}"
        );
        if (tag == entityTag)
        {
            return FetchedDocument.Unchanged(tag);
        }

        try
        {
            return FetchedDocument.From(await File.ReadAllBytesAsync(file.FullName, cancellationToken), tag);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return Failed($"{path} cannot be read ({fault.GetType().Name}).");
        }
    }

    private static FetchedDocument Failed(string reason) =>
        FetchedDocument.Failed("issuer.file_unreadable", $"jwks.path: {reason}");

    private (FileInfo?, string? Failure) Find(string path)
    {
        if (readDirectory() is not { } directory)
        {
            return (null, "the installation has no jwks_directory.");
        }

        try
        {
            var root = Canonical(directory, 0);
            var target = Canonical(Path.Combine(directory, path), 0);
            if (!target.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            {
                return (null, $"{path} is outside jwks_directory.");
            }

            var file = new FileInfo(target);
            // A pipe or device has no length: opening it would block until another process opens its other end.
            return file is { Exists: true, Length: > 0 and <= JoseLimits.MaxKeySetBytes }
                ? (file, null)
                : (null, $"{path} is not a file of 1 byte to {JoseLimits.MaxKeySetBytes / 1024} KiB.");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return (null, $"{path} cannot be read ({fault.GetType().Name}).");
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

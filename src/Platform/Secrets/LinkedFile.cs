namespace Culvert.Platform.Secrets;

/// <summary>A file that may be a link, as each file of a volume of Kubernetes is: the link stays, and its target changes.</summary>
public static class LinkedFile
{
    /// <summary>When the file at the end of all links was last written; null if it cannot be found.</summary>
    public static DateTimeOffset? FindWriteTime(string path)
    {
        try
        {
            var file = File.ResolveLinkTarget(path, returnFinalTarget: true) ?? new FileInfo(path);
            return file.Exists ? new DateTimeOffset(file.LastWriteTimeUtc) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

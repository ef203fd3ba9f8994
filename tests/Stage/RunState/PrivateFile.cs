namespace Culvert.Stage.RunState;

/// <summary>Files for this user alone, from the first byte on.</summary>
internal static class PrivateFile
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static Task WriteAsync(string file, string text, CancellationToken cancellationToken) =>
        WriteAsync(file, text, Owner, cancellationToken);

    public static Task WriteExecutableAsync(string file, string text, CancellationToken cancellationToken) =>
        WriteAsync(file, text, Owner | UnixFileMode.UserExecute, cancellationToken);

    private static async Task WriteAsync(
        string file,
        string text,
        UnixFileMode mode,
        CancellationToken cancellationToken
    )
    {
        File.Delete(file);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = mode,
        };
        await using var writer = new StreamWriter(file, options);
        await writer.WriteAsync(text.AsMemory(), cancellationToken);
    }
}

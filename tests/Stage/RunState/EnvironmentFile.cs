namespace Culvert.Stage.RunState;

/// <summary>
/// <c>quickstart.env</c>: what a shell or a test needs to talk to a running system. Single-quoted values, mode 0600,
/// replaced whole.
/// </summary>
internal static class EnvironmentFile
{
    public static async Task WriteAsync(
        string file,
        IEnumerable<KeyValuePair<string, string>> variables,
        CancellationToken cancellationToken
    )
    {
        var lines = variables.Select(v => $"{v.Key}={ShellText.Quote(v.Value)}\n");
        await PrivateFile.WriteAsync(file + ".new", string.Concat(lines), cancellationToken);
        File.Move(file + ".new", file, overwrite: true);
    }
}

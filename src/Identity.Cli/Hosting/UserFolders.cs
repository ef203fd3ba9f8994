namespace Culvert.Identity.Cli.Hosting;

/// <summary>The folders of the operator's files (XDG Base Directory, "Environment variables").</summary>
internal static class UserFolders
{
    public static string Configuration(CliHost host) => Find(host, "XDG_CONFIG_HOME", ".config");

    /// <summary>Sign-ins and their tokens: 0700.</summary>
    public static string State(CliHost host) => Path.Combine(Find(host, "XDG_STATE_HOME", ".local/state"), "cli");

    // A relative folder is ignored, as the specification requires.
    private static string Find(CliHost host, string variable, string usual)
    {
        var written = host.Variable(variable) ?? "";
        var folder = Path.IsPathRooted(written) ? written : Path.Combine(host.Variable("HOME") ?? "/", usual);
        return Path.Combine(folder, "culvert");
    }
}

using System.ComponentModel;
using System.Diagnostics;

namespace Culvert.Platform.Launching;

/// <summary>
/// Starts another program without a shell and with only the listed variables of this process, since the others may hold
/// secrets (S39). The build forbids other ways to start a program.
/// </summary>
public static class ChildCommand
{
    /// <summary>The variables that a program inherits by default.</summary>
    public static readonly IReadOnlyList<string> UsualEnvironment = ["PATH", "HOME", "LANG"];

    /// <summary>The variables for a program that works in a person's terminal or on the desktop.</summary>
    public static readonly IReadOnlyList<string> SessionEnvironment =
    [
        .. UsualEnvironment,
        "LC_*",
        "LOGNAME",
        "SHELL",
        "TMPDIR",
        "USER",
        "COLORTERM",
        "TERM",
        "TERMINFO*",
        "DBUS_SESSION_BUS_ADDRESS",
        "DESKTOP_SESSION",
        "DISPLAY",
        "GNOME_*",
        "KDE_*",
        "WAYLAND_DISPLAY",
        "WSL*",
        "XAUTHORITY",
        "XDG_*",
    ];

    /// <summary>All variables: only for the product's own programs, whose configuration may name any variable.</summary>
    public static readonly IReadOnlyList<string> WholeEnvironment = ["*"];

    private const string PathName = "PATH";

    /// <summary>Starts a program; null with a reason when it cannot be started.</summary>
    /// <param name="command">The program, as an absolute path or as a name to find on PATH, and its arguments.</param>
    /// <param name="inherited">Names of variables to pass on; a star at the end matches any suffix.</param>
    /// <param name="problem">The reason, as the end of a sentence.</param>
    /// <param name="streams">The targets of its standard streams.</param>
    public static Process? TryStart(
        IReadOnlyList<string> command,
        IReadOnlyList<string> inherited,
        out string problem,
        ChildStreams streams = ChildStreams.Piped
    )
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(inherited);
        if (FindProgram(command[0], Environment.GetEnvironmentVariable(PathName)) is not { } program)
        {
            problem =
                command[0].Contains('/', StringComparison.Ordinal) && !Path.IsPathRooted(command[0])
                    ? "cannot be started: write an absolute path, or a name that is on PATH"
                    : "cannot be started: it does not exist or is not executable";
            return null;
        }

#pragma warning disable RS0030 // the one place
        var start = new ProcessStartInfo(program, command.Skip(1))
        {
            RedirectStandardInput = streams == ChildStreams.Piped,
            RedirectStandardOutput = streams != ChildStreams.Shared,
            RedirectStandardError = streams != ChildStreams.Shared,
            UseShellExecute = false,
        };
        RetainOnly(start.Environment, inherited);
        try
        {
            problem = "cannot be started";
            return Process.Start(start);
        }
        catch (Win32Exception)
        {
            problem = "cannot be started: it does not exist or is not executable";
            return null;
        }
#pragma warning restore RS0030
    }

    /// <summary>The file of a name on <paramref name="path"/>, or of an absolute path; null: none.</summary>
    public static string? FindProgram(string name, string? path)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Contains('/', StringComparison.Ordinal))
        {
            return Path.IsPathRooted(name) && File.Exists(name) ? name : null;
        }

        // An empty or relative entry would mean the current folder, which others may be able to write.
        return (path ?? "")
            .Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Where(Path.IsPathRooted)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
    }

    private static void RetainOnly(IDictionary<string, string?> environment, IReadOnlyList<string> inherited)
    {
        foreach (var name in environment.Keys.ToList())
        {
            if (!inherited.Any(listed => Matches(listed, name)))
            {
                environment.Remove(name);
            }
        }
    }

    private static bool Matches(string listed, string name) =>
        listed.EndsWith('*') ? name.StartsWith(listed[..^1], StringComparison.Ordinal) : listed == name;
}

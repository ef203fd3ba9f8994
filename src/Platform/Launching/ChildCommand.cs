using System.ComponentModel;
using System.Diagnostics;

namespace Culvert.Platform.Launching;

/// <summary>
/// Starts a program that an operator configured: no shell, standard streams redirected, and of this process's environment
/// only what is listed, since the rest may hold secrets (S39).
/// </summary>
public static class ChildCommand
{
    /// <summary>What a program gets unless more is listed.</summary>
    public static readonly IReadOnlyList<string> UsualEnvironment = ["PATH", "HOME", "LANG"];

    private const string PathName = "PATH";

    /// <summary>Null, with the reason, when it cannot be started.</summary>
    /// <param name="command">The program, as an absolute path or as a name to find on PATH, and its arguments.</param>
    /// <param name="inherited">Names of variables to pass on; a star at the end matches any suffix.</param>
    /// <param name="problem">Why not, as the end of a sentence.</param>
    public static Process? TryStart(IReadOnlyList<string> command, IReadOnlyList<string> inherited, out string problem)
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

        var start = new ProcessStartInfo(program, command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        Keep(start.Environment, inherited);
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
    }

    /// <summary>The file that a name on <paramref name="path"/>, or an absolute path, leads to; null = none.</summary>
    public static string? FindProgram(string name, string? path)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Contains('/', StringComparison.Ordinal))
        {
            return Path.IsPathRooted(name) && File.Exists(name) ? name : null;
        }

        // An empty or relative entry would mean the current folder, where others may be able to write.
        return (path ?? "")
            .Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Where(Path.IsPathRooted)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
    }

    private static void Keep(IDictionary<string, string?> environment, IReadOnlyList<string> inherited)
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

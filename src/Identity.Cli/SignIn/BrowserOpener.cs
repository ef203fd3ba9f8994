using System.ComponentModel;
using System.Diagnostics;

namespace Culvert.Identity.Cli.SignIn;

/// <summary>Asks the desktop for a browser. Without one nothing happens: the address is on the terminal too.</summary>
internal static class BrowserOpener
{
    // The browser may outlive us and must not write into the terminal, nor read from it.
    private const string Quietly = "exec \"$0\" \"$1\" </dev/null >/dev/null 2>&1";

    /// <param name="url">An https URL, so never taken for an option.</param>
    public static void Open(Uri url)
    {
        if (FindProgram(Environment.GetEnvironmentVariable) is not { } opener)
        {
            return;
        }

        try
        {
            using var started = Process.Start("/bin/sh", ["-c", Quietly, opener, url.AbsoluteUri]);
        }
        catch (Win32Exception)
        {
            // No shell, no opener.
        }
    }

    /// <summary>Null: nothing would open a window, only perhaps a browser inside the terminal.</summary>
    public static string? FindProgram(Func<string, string?> variable)
    {
        var hasDesktop =
            OperatingSystem.IsMacOS()
            || variable("DISPLAY") is { Length: > 0 }
            || variable("WAYLAND_DISPLAY") is { Length: > 0 };
        var name = OperatingSystem.IsMacOS() ? "open" : "xdg-open";
        return hasDesktop
            ? (variable("PATH") ?? "")
                .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
                .Where(Path.IsPathFullyQualified)
                .Select(folder => Path.Combine(folder, name))
                .FirstOrDefault(File.Exists)
            : null;
    }
}

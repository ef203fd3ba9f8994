using Culvert.Platform.Launching;

namespace Culvert.Identity.Cli.SignIn;

/// <summary>Asks the desktop for a browser. Without one nothing happens: the address is on the terminal too.</summary>
internal static class BrowserOpener
{
    private static readonly string[] Inherited = [.. ChildCommand.SessionEnvironment, "BROWSER", "MOZ_*"];

    // The browser may outlive us and must not write into the terminal, nor read from it. The shell leads its streams away and
    // is replaced; opener and address reach it as words.
    private const string Quietly = "exec \"$0\" \"$1\" </dev/null >/dev/null 2>&1";

    /// <param name="url">An https URL, so never taken for an option.</param>
    public static void Open(Uri url)
    {
        if (FindProgram(Environment.GetEnvironmentVariable) is not { } opener)
        {
            return;
        }

        using var started = ChildCommand.TryStart(
            ["/bin/sh", "-c", Quietly, opener, url.AbsoluteUri],
            Inherited,
            out _,
            ChildStreams.Shared
        );
    }

    /// <summary>Null: nothing would open a window, only perhaps a browser inside the terminal.</summary>
    public static string? FindProgram(Func<string, string?> variable)
    {
        var hasDesktop =
            OperatingSystem.IsMacOS()
            || variable("DISPLAY") is { Length: > 0 }
            || variable("WAYLAND_DISPLAY") is { Length: > 0 };
        var name = OperatingSystem.IsMacOS() ? "open" : "xdg-open";
        return hasDesktop ? ChildCommand.FindProgram(name, variable("PATH")) : null;
    }
}

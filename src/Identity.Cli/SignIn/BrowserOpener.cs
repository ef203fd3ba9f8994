using Culvert.Platform.Launching;

namespace Culvert.Identity.Cli.SignIn;

/// <summary>Opens the desktop's browser, if there is one; the address is also printed on the terminal.</summary>
internal static class BrowserOpener
{
    private static readonly string[] Inherited = [.. ChildCommand.SessionEnvironment, "BROWSER", "MOZ_*"];

    // The browser may outlive this process and must not use the terminal. The shell redirects its streams and is replaced by
    // the opener; opener and address are arguments, never parsed.
    private const string Quietly = "exec \"$0\" \"$1\" </dev/null >/dev/null 2>&1";

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

    /// <summary>Null: no program would open a window, only perhaps a browser inside the terminal.</summary>
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

using Culvert.Platform.Configuration;
using Culvert.Tunnel.Agent.Upstreams.Stdio;

namespace Culvert.Tunnel.Agent.Configuration;

/// <summary>Reads the <c>upstream</c> of a route to a local program.</summary>
internal static class StdioReader
{
    // Callers would not wait longer for a program to start.
    private static readonly TimeSpan Start = TimeSpan.FromSeconds(10);

    /// <summary>Returns a usable upstream even if errors were reported.</summary>
    public static StdioSettings Read(ConfigSection upstream, ConfigSection stdio, string path)
    {
        var command = stdio.Strings("command");
        if (
            command.Count == 0
            || command[0].Length == 0
            || command.Any(c => c.Contains('\0', StringComparison.Ordinal))
        )
        {
            stdio.Error("command", "No program is configured.", "Write [/path/to/program, argument, …].");
            command = ["/nonexistent"];
        }

        var environment = stdio.Values("environment");
        if (environment.Any(v => !IsVariable(v.Key)))
        {
            stdio.Error(
                "environment",
                "One of these is not a valid variable name.",
                "Use letters, digits and underscores."
            );
        }

        var restart = stdio.Section("restart");
        var own = stdio.Section("timeouts");
        var timeouts = upstream.Section("timeouts");
        var second = TimeSpan.FromSeconds(1);
        return new StdioSettings
        {
            Command = command,
            WorkingDirectory = stdio.Path("working_directory", "/"),
            Path = path,
            Environment = environment,
            InheritEnvironment = stdio.Strings("inherit_environment", "PATH", "LANG"),
            Sharing =
                stdio.Choice("sharing", "session", "session", "shared") == "shared"
                    ? ChildSharing.Shared
                    : ChildSharing.Session,
            MaxChildren = stdio.Int("max_children", 16, 1, 1024),
            Idle = own.Duration("idle", TimeSpan.FromMinutes(10), second, UpstreamReader.Day),
            Stop = own.Duration("stop", TimeSpan.FromSeconds(5), TimeSpan.Zero, TimeSpan.FromMinutes(5)),
            RestartsOnFailure = restart.Choice("policy", "on_failure", "on_failure", "never") == "on_failure",
            Backoff = restart.Duration("backoff", second, TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1)),
            BackoffMax = restart.Duration("backoff_max", TimeSpan.FromSeconds(30), second, TimeSpan.FromHours(1)),
            MaxMessageBytes = (int)stdio.Size("max_message_bytes", 4 << 20, 1 << 10, 256 << 20),
            LogsErrors = stdio.Choice("stderr", "log", "log", "discard") == "log",
            Timeouts = UpstreamReader.ReadTimeouts(timeouts, Start),
            MaxRequestBytes = null,
            SseKeepAlive = UpstreamReader.ReadKeepAlive(upstream),
            Probe = UpstreamReader.ReadProbe(upstream.Section("health"), isHttp: false, path),
        };
    }

    private static bool IsVariable(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}

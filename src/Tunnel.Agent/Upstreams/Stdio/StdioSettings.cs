using Culvert.Platform.Secrets;
using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.Upstreams.Stdio;

/// <summary>An upstream program that the agent starts. It speaks MCP over its standard input and output.</summary>
internal sealed record StdioSettings : UpstreamSettings
{
    /// <summary>The program and its arguments; no shell reads them.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    public required string WorkingDirectory { get; init; }

    public required string Path { get; init; }

    /// <summary>Environment variables for the program; references are read at each start.</summary>
    public IReadOnlyList<KeyValuePair<string, SettingValue>> Environment { get; init; } = [];

    /// <summary>Variables of the agent that the program inherits. It inherits no others.</summary>
    public IReadOnlyList<string> InheritEnvironment { get; init; } = [];

    public required ChildSharing Sharing { get; init; }

    /// <summary>The most running programs; further starts are refused.</summary>
    public required int MaxChildren { get; init; }

    /// <summary>After this time without a call or a listening client, a session and its program are closed.</summary>
    public required TimeSpan Idle { get; init; }

    /// <summary>The time between the request to exit and the kill.</summary>
    public required TimeSpan Stop { get; init; }

    public required bool RestartsOnFailure { get; init; }

    public required TimeSpan Backoff { get; init; }

    public required TimeSpan BackoffMax { get; init; }

    /// <summary>The size limit of a message in either direction.</summary>
    public required int MaxMessageBytes { get; init; }

    public required bool LogsErrors { get; init; }

    /// <summary>The most concurrent requests on the route, including streams.</summary>
    public int MaxCalls { get; init; } = 1024;

    /// <summary>The most concurrent sessions, which a shared program does not limit otherwise.</summary>
    public int MaxSessions { get; init; } = 10_000;

    public override string Address => $"stdio: {Command[0]}";
}

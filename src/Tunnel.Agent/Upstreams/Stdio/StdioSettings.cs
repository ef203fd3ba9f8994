using Culvert.Platform.Secrets;
using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.Upstreams.Stdio;

/// <summary>An upstream that is a program: this agent starts it and speaks MCP with its standard input and output.</summary>
internal sealed record StdioSettings : UpstreamSettings
{
    /// <summary>Program and arguments; no shell reads them.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    public required string WorkingDirectory { get; init; }

    /// <summary>The path of the MCP endpoint that clients call.</summary>
    public required string Path { get; init; }

    /// <summary>Set for the program; references are read at each start.</summary>
    public IReadOnlyList<KeyValuePair<string, SettingValue>> Environment { get; init; } = [];

    /// <summary>Variables of the agent that the program sees too. It sees no others.</summary>
    public IReadOnlyList<string> InheritEnvironment { get; init; } = [];

    public required ChildSharing Sharing { get; init; }

    /// <summary>Running programs at once; one more is refused.</summary>
    public required int MaxChildren { get; init; }

    /// <summary>After that long without a call or a listening client a session and its program end.</summary>
    public required TimeSpan Idle { get; init; }

    /// <summary>Between being asked to end and being killed.</summary>
    public required TimeSpan Stop { get; init; }

    /// <summary>Whether a shared program that failed is started again.</summary>
    public required bool RestartsOnFailure { get; init; }

    public required TimeSpan Backoff { get; init; }

    public required TimeSpan BackoffMax { get; init; }

    /// <summary>Of one message in either direction.</summary>
    public required int MaxMessageBytes { get; init; }

    /// <summary>Whether the program's standard error goes to the agent's log.</summary>
    public required bool LogsErrors { get; init; }

    /// <summary>Requests at once on the whole route, streams included.</summary>
    public int MaxCalls { get; init; } = 1024;

    /// <summary>Sessions at once, which a shared program does not bound otherwise.</summary>
    public int MaxSessions { get; init; } = 10_000;

    public override string Address => $"stdio: {Command[0]}";
}

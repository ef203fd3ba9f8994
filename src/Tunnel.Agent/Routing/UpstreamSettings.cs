using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Routing;

/// <summary>A route's upstream, as validated from the configuration. Each kind adds what it needs.</summary>
internal abstract record UpstreamSettings
{
    public required UpstreamTimeouts Timeouts { get; init; }

    /// <summary>Null for no limit.</summary>
    public long? MaxRequestBytes { get; init; }

    /// <summary>How long a stream of events may be silent before a comment is sent to the client (P2); zero = never.</summary>
    public TimeSpan SseKeepAlive { get; init; }

    public required ProbeSettings Probe { get; init; }

    /// <summary>All that the file says of it: a reload keeps an upstream whose origin is the same. Empty for none.</summary>
    public string Origin { get; init; } = "";

    /// <summary>What is behind the route, for people: a URL without path, a program's name. Never a secret.</summary>
    public abstract string Address { get; }

    /// <summary>Origins under which a web server knows itself; empty for what is not one.</summary>
    public virtual IReadOnlyList<string> WebOrigins => [];
}

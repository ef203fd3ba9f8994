using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Routing;

/// <summary>A route's validated upstream. Each kind adds its own settings.</summary>
internal abstract record UpstreamSettings
{
    public required UpstreamTimeouts Timeouts { get; init; }

    /// <summary>Null = no limit.</summary>
    public long? MaxRequestBytes { get; init; }

    /// <summary>The silence after which the client of an event stream is sent a comment (P2); zero = never.</summary>
    public TimeSpan SseKeepAlive { get; init; }

    public required ProbeSettings Probe { get; init; }

    /// <summary>Identifies the configuration: a reload keeps an upstream whose origin is the same. Empty = none.</summary>
    public string Origin { get; init; } = "";

    /// <summary>The server for people: a URL without path, a program's name. Never a secret.</summary>
    public abstract string Address { get; }

    /// <summary>The routes whose tools it calls for its callers; empty for other upstreams.</summary>
    public virtual IReadOnlyCollection<string> Members => [];

    /// <summary>Whether it gives its members or its statements claims of its callers.</summary>
    public virtual bool ReadsClaims => false;

    /// <summary>The origins of a web server in its own URLs; empty for other upstreams.</summary>
    public virtual IReadOnlyList<string> WebOrigins => [];
}

using Culvert.Platform.Net;

namespace Culvert.Tunnel.Agent.Upstreams;

/// <summary>A route's upstream, as validated from the configuration.</summary>
internal sealed record UpstreamSettings
{
    /// <summary>True for <c>https</c>.</summary>
    public required bool IsTls { get; init; }

    /// <summary>Name or address to connect to; an IPv6 address without brackets.</summary>
    public required string Host { get; init; }

    public required int Port { get; init; }

    /// <summary>The Host field that the upstream sees (P6); servers with rebinding checks accept only their own names.</summary>
    public required string HostHeader { get; init; }

    /// <summary>Addresses that may be connected to, checked on what the name resolves to at that moment.</summary>
    public required AddressRanges AllowedRanges { get; init; }

    public bool DangerousAllowAnyAddress { get; init; }

    /// <summary>Name asked of and checked against the upstream's certificate.</summary>
    public required string TlsServerName { get; init; }

    /// <summary>PEM of further roots for the upstream's certificate; empty for none.</summary>
    public string TlsCaPem { get; init; } = "";

    /// <summary>Whether the system's roots count as well.</summary>
    public bool TlsSystemRoots { get; init; } = true;

    public required UpstreamTimeouts Timeouts { get; init; }

    /// <summary>Requests at once; each holds one connection. One more is refused.</summary>
    public required int MaxConnections { get; init; }

    /// <summary>Null for no limit.</summary>
    public long? MaxRequestBytes { get; init; }

    /// <summary>Attempts to connect before a request fails. Nothing is repeated once a byte was sent.</summary>
    public required int ConnectAttempts { get; init; }

    public required ProbeSettings Probe { get; init; }
}

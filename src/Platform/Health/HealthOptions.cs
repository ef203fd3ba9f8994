using System.Net;

namespace Culvert.Platform.Health;

public sealed record HealthOptions
{
    /// <summary>Listen addresses; port 0 lets the system choose.</summary>
    public required IReadOnlyList<IPEndPoint> Listen { get; init; }

    /// <summary>An additional Unix socket to listen on; empty for none.</summary>
    public string UnixSocket { get; init; } = "";

    /// <summary>A file for the listener's URL, for a port that the system chose; empty for none.</summary>
    public string UrlFile { get; init; } = "";

    /// <summary>Whether the status page is served, to this machine only.</summary>
    public bool Ui { get; init; }

    /// <summary>Host names that requests may use; empty for any. Protects a local port from DNS rebinding.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];
}

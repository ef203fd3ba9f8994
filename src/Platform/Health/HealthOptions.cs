using System.Net;

namespace Culvert.Platform.Health;

/// <summary>The <c>health</c> section.</summary>
public sealed record HealthOptions
{
    /// <summary>Where to listen; port 0 lets the system choose.</summary>
    public required IReadOnlyList<IPEndPoint> Listen { get; init; }

    /// <summary>A Unix socket to listen on as well; empty for none.</summary>
    public string UnixSocket { get; init; } = "";

    /// <summary>A file that receives the listener's URL, for a port that the system chose; empty for none.</summary>
    public string UrlFile { get; init; } = "";

    /// <summary>Whether the status page is served, to this machine alone.</summary>
    public bool Ui { get; init; }

    /// <summary>Host names that requests may name; empty for any. It keeps web pages from reading a local port by DNS tricks.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];
}

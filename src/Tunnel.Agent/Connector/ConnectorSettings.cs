using System.Net;
using System.Security.Authentication;
using Culvert.Tunnel.Agent.Tunnels;

namespace Culvert.Tunnel.Agent.Connector;

/// <summary>A <c>tunnels</c> entry of kind <c>connector</c>: the agent replaces the proxy behind the connector.</summary>
internal sealed record ConnectorSettings : IProviderSettings
{
    public string Origin { get; init; } = "";

    /// <summary>The address for the connector. Loopback, unless the file accepts that other machines can reach it.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>The domain that the provider assigned to the tunnel, in lower case; its name in logs and metrics.</summary>
    public required string Domain { get; init; }

    /// <summary>The names of the routes that are served under <see cref="Domain"/>.</summary>
    public required IReadOnlyList<string> Routes { get; init; }

    /// <summary>The leaf for the names under <see cref="Domain"/>, then its chain; empty if the service issues it.</summary>
    public string CertificateFile { get; init; } = "";

    public string KeyFile { get; init; } = "";

    public SslProtocols Protocols { get; init; } = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>The most concurrent connections, including idle ones; further connections are closed at once.</summary>
    public int MaxConnections { get; init; } = 1024;

    /// <summary>How long a connection may carry no byte in either direction.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The size limit of all header fields of a request together, in bytes.</summary>
    public int MaxHeaderBytes { get; init; } = 64 << 10;

    /// <summary>The time for running calls to finish when the agent stops, or the tunnel is removed from the file.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(30);

    public bool IsIssued => CertificateFile.Length == 0;
}

using System.Net;
using System.Security.Authentication;
using Culvert.Tunnel.Agent.Tunnels;

namespace Culvert.Tunnel.Agent.Connector;

/// <summary>
/// One validated entry of <c>tunnels</c> with kind <c>connector</c>: the agent takes the place of the proxy behind a provider's
/// connector.
/// </summary>
internal sealed record ConnectorSettings : IProviderSettings
{
    public string Origin { get; init; } = "";

    /// <summary>Where the connector connects to. Loopback, unless the file accepts that others may reach it.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>The domain that the provider gave the tunnel, in lower case. It names the tunnel in logs and metrics too.</summary>
    public required string Domain { get; init; }

    /// <summary>The names of the routes that are served under <see cref="Domain"/>.</summary>
    public required IReadOnlyList<string> Routes { get; init; }

    /// <summary>The leaf for the names under <see cref="Domain"/>, then its chain; empty = the service issues it. With <see cref="KeyFile"/>.</summary>
    public string CertificateFile { get; init; } = "";

    public string KeyFile { get; init; } = "";

    /// <summary>What inner TLS may negotiate.</summary>
    public SslProtocols Protocols { get; init; } = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>Connections at a time, whatever they do; one more is closed at once.</summary>
    public int MaxConnections { get; init; } = 1024;

    /// <summary>How long a connection may carry no byte in either direction.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>All header fields of a request together.</summary>
    public int MaxHeaderBytes { get; init; } = 64 << 10;

    /// <summary>For calls under way when the agent stops, or the tunnel is removed from the file.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Its certificate comes from the Culvert service.</summary>
    public bool IsIssued => CertificateFile.Length == 0;
}

using System.Net.Sockets;
using Culvert.Platform.Addresses;
using Culvert.Platform.Net;
using Culvert.Platform.Secrets;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Upstreams.Addresses;
using Culvert.Tunnel.Agent.Upstreams.Cookies;

namespace Culvert.Tunnel.Agent.Upstreams;

/// <summary>An upstream that speaks HTTP: at a host and port, or at a Unix socket.</summary>
internal sealed record HttpUpstreamSettings : UpstreamSettings
{
    /// <summary>True for <c>https</c>.</summary>
    public required bool IsTls { get; init; }

    /// <summary>Name or address to connect to; an IPv6 address without brackets.</summary>
    public required string Host { get; init; }

    public required int Port { get; init; }

    /// <summary>Path of a Unix socket, which is then connected to instead; empty for none.</summary>
    public string SocketPath { get; init; } = "";

    /// <summary>Asked to CONNECT to the host, whose name it resolves itself; null = connected to directly.</summary>
    public HttpProxyOptions? Proxy { get; init; }

    /// <summary>
    /// A PEM file with roots that may vouch for an https proxy in addition to the system's; empty for none.
    /// </summary>
    public string ProxyCaBundle { get; init; } = "";

    /// <summary>The one family of addresses to use; unspecified for both.</summary>
    public AddressFamily AddressFamily { get; init; }

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

    /// <summary>
    /// PEM of the agent's certificate towards the upstream, read again when it changes; empty for none.
    /// </summary>
    public string ClientCertificateFile { get; init; } = "";

    public string ClientKeyFile { get; init; } = "";

    /// <summary>Sent with every request, whatever the client wrote under these names.</summary>
    public IReadOnlyList<KeyValuePair<string, SettingValue>> Headers { get; init; } = [];

    /// <summary>Who keeps the cookies that the upstream sets.</summary>
    public CookieHandling Cookies { get; init; }

    /// <summary>What happens to answers that name another address of the inner network.</summary>
    public InnerAddresses InnerAddresses { get; init; }

    /// <summary>Requests at once; each holds one connection. One more is refused.</summary>
    public required int MaxConnections { get; init; }

    /// <summary>Attempts to connect before a request fails. Nothing is repeated once a byte was sent.</summary>
    public required int ConnectAttempts { get; init; }

    public override string Address =>
        SocketPath.Length > 0 ? $"unix:{SocketPath}" : $"{(IsTls ? "https" : "http")}://{Bracketed(Host)}:{Port}";

    public override IReadOnlyList<string> WebOrigins => [Address, $"https://{HostHeader}", $"http://{HostHeader}"];

    internal static string Bracketed(string host) => host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;
}

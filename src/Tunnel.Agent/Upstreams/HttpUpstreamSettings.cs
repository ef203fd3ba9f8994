using System.Net.Sockets;
using Culvert.Platform.Addresses;
using Culvert.Platform.Net;
using Culvert.Platform.Secrets;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Upstreams.Addresses;
using Culvert.Tunnel.Agent.Upstreams.Cookies;

namespace Culvert.Tunnel.Agent.Upstreams;

internal sealed record HttpUpstreamSettings : UpstreamSettings
{
    public required bool IsTls { get; init; }

    /// <summary>Name or address to connect to; an IPv6 address without brackets.</summary>
    public required string Host { get; init; }

    public required int Port { get; init; }

    /// <summary>Path of a Unix socket to connect to instead of the host and port; empty for none.</summary>
    public string SocketPath { get; init; } = "";

    /// <summary>The proxy that the agent sends CONNECT to, and that resolves the host's name; null for none.</summary>
    public HttpProxyOptions? Proxy { get; init; }

    /// <summary>A PEM file with roots for an https proxy, in addition to the system's; empty for none.</summary>
    public string ProxyCaBundle { get; init; } = "";

    public AddressFamily AddressFamily { get; init; }

    /// <summary>The Host field of requests (P6); servers with rebinding checks accept only their own names.</summary>
    public required string HostHeader { get; init; }

    /// <summary>Every connection checks the addresses that the name resolves to.</summary>
    public required AddressRanges AllowedRanges { get; init; }

    public bool DangerousAllowAnyAddress { get; init; }

    /// <summary>The name that the upstream's certificate must have, also sent as SNI.</summary>
    public required string TlsServerName { get; init; }

    /// <summary>PEM of additional roots for the upstream's certificate; empty for none.</summary>
    public string TlsCaPem { get; init; } = "";

    public bool TlsSystemRoots { get; init; } = true;

    /// <summary>PEM file of the agent's client certificate, read again when it changes; empty for none.</summary>
    public string ClientCertificateFile { get; init; } = "";

    /// <summary>Set if and only if the certificate is.</summary>
    public SecretReference? ClientKeyFile { get; init; }

    /// <summary>Headers sent with every request. They replace the client's headers of the same names.</summary>
    public IReadOnlyList<KeyValuePair<string, SettingValue>> Headers { get; init; } = [];

    public CookieHandling Cookies { get; init; }

    public InnerAddresses InnerAddresses { get; init; }

    /// <summary>The most concurrent requests; each uses one connection. Further requests are refused.</summary>
    public required int MaxConnections { get; init; }

    /// <summary>Attempts to connect before a request fails. Nothing is retried once a byte was sent.</summary>
    public required int ConnectAttempts { get; init; }

    public override string Address =>
        SocketPath.Length > 0 ? $"unix:{SocketPath}" : $"{(IsTls ? "https" : "http")}://{Bracketed(Host)}:{Port}";

    public override IReadOnlyList<string> WebOrigins => [Address, $"https://{HostHeader}", $"http://{HostHeader}"];

    internal static string Bracketed(string host) => host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;
}

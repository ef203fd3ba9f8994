using Culvert.Platform.Addresses;

namespace Culvert.Tunnel.Edge.Ingress.Proxy;

/// <summary>The <c>proxy_protocol</c> section. Never detected: a header is either required of everybody or read from nobody.</summary>
internal sealed record ProxyOptions
{
    public bool Required { get; init; }

    /// <summary>Balancers whose word on the client's address counts; others are refused.</summary>
    public AddressRanges TrustedProxies { get; init; } = AddressRanges.Empty;
}

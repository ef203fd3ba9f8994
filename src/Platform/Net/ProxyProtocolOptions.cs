using Culvert.Platform.Addresses;

namespace Culvert.Platform.Net;

/// <summary>A <c>proxy_protocol</c> section: the PROXY header is never detected, but required or not read.</summary>
public sealed record ProxyProtocolOptions
{
    public bool Required { get; init; }

    /// <summary>The balancers that may connect and report a client's address. Other peers are refused.</summary>
    public AddressRanges TrustedProxies { get; init; } = AddressRanges.Empty;

    /// <summary>How long a balancer may take to send the header after it has connected.</summary>
    public TimeSpan HeaderTimeout { get; init; } = TimeSpan.FromSeconds(5);
}

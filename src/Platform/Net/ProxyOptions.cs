namespace Culvert.Platform.Net;

/// <summary>The <c>proxy_protocol</c> section. Never detected: a header is either required of everybody or read from nobody.</summary>
public sealed record ProxyOptions
{
    public bool Required { get; init; }

    /// <summary>Balancers whose word on the client's address counts; others are refused.</summary>
    public AddressRanges TrustedProxies { get; init; } = AddressRanges.Empty;
}

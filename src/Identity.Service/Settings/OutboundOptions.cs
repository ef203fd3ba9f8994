using Culvert.Platform.Addresses;
using Culvert.Platform.Net;

namespace Culvert.Identity.Service.Settings;

internal sealed record OutboundOptions
{
    public NetworkOptions Network { get; init; } = NetworkOptions.Default;

    /// <summary>The outer limit for every issuer's and webhook's private networks (S27): networks with ports.</summary>
    public IReadOnlyList<PrivateNetwork> PrivateNetworks { get; init; } = [];
}

using Culvert.Platform.Addresses;
using Culvert.Platform.Net;

namespace Culvert.Identity.Service.Settings;

/// <summary>How the service reaches identity providers, webhooks and enrolment servers.</summary>
internal sealed record OutboundOptions
{
    public NetworkOptions Network { get; init; } = NetworkOptions.Default;

    /// <summary>Outer bound of every issuer's and webhook's own private allowance (S27): networks, each with its port.</summary>
    public IReadOnlyList<PrivateNetwork> PrivateNetworks { get; init; } = [];
}

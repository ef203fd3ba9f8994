using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Pins;
using Culvert.Tunnel.Agent.Policy;

namespace Culvert.Tunnel.Agent.Routing;

/// <summary>One validated entry of <c>routes</c>.</summary>
internal sealed record RouteSettings
{
    public required string Name { get; init; }

    public required UpstreamSettings Upstream { get; init; }

    /// <summary>Its certificate comes from the CA of <c>acme</c> while that has one for the name.</summary>
    public bool IsPublic { get; init; }

    /// <summary>
    /// Served in addition to the name under the tunnel domain, once they are active on the tunnel (S26). Lower case.
    /// </summary>
    public IReadOnlyList<string> Hostnames { get; init; } = [];

    /// <summary>Browser origins that may call the route; empty refuses every request that names one.</summary>
    public required IReadOnlyList<string> AllowedOrigins { get; init; }

    public required OauthSettings Oauth { get; init; }

    /// <summary>Towards the upstream; never the client's token.</summary>
    public required CredentialSettings Credential { get; init; }

    /// <summary>What may be used and seen, and by whom.</summary>
    public PolicySettings Policy { get; init; } = PolicySettings.Off;

    /// <summary>What is done about definitions that are not as they were approved.</summary>
    public PinSettings Pins { get; init; } = PinSettings.Off;
}

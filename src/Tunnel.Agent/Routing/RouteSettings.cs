using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Pins;
using Culvert.Tunnel.Agent.Policy;

namespace Culvert.Tunnel.Agent.Routing;

/// <summary>A validated entry of <c>routes</c>.</summary>
internal sealed record RouteSettings
{
    public required string Name { get; init; }

    public required UpstreamSettings Upstream { get; init; }

    /// <summary>False: it has no hostname, and only composed tools call it.</summary>
    public bool IsExposed { get; init; } = true;

    /// <summary>True if the CA of <c>acme</c> issues its certificate.</summary>
    public bool IsPublic { get; init; }

    /// <summary>Custom hostnames, served in addition once they are active on the tunnel (S26). Lower case.</summary>
    public IReadOnlyList<string> Hostnames { get; init; } = [];

    /// <summary>Browser origins that may call the route; empty = every request with an Origin header is refused.</summary>
    public required IReadOnlyList<string> AllowedOrigins { get; init; }

    public required OauthSettings Oauth { get; init; }

    /// <summary>The credential for the upstream; never the client's token.</summary>
    public required CredentialSettings Credential { get; init; }

    public PolicySettings Policy { get; init; } = PolicySettings.Off;

    public PinSettings Pins { get; init; } = PinSettings.Off;
}

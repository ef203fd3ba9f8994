namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>A route's <c>oauth</c> section.</summary>
internal sealed record OauthSettings
{
    public required OauthMode Mode { get; init; }

    /// <summary>The MCP endpoint's path: part of the resource's name, not a fence. The gate covers every path.</summary>
    public string Path { get; init; } = "/mcp";

    /// <summary>The resource where it is not made of hostname, port and path; else empty.</summary>
    public string Resource { get; init; } = "";

    /// <summary>Names of <c>issuers</c>; at least one when a token is required.</summary>
    public IReadOnlyList<string> Issuers { get; init; } = [];

    /// <summary>What <c>aud</c> may hold instead of the resource (A7). No two routes share one.</summary>
    public IReadOnlyList<string> Audiences { get; init; } = [];

    public IReadOnlyList<string> ScopesSupported { get; init; } = [];

    public IReadOnlyList<string> RequiredScopes { get; init; } = [];

    public IReadOnlyList<OperationScopes> OperationScopes { get; init; } = [];

    /// <summary>A scope, and those that it implies.</summary>
    public IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>>> ScopeHierarchy { get; init; } = [];

    public DpopMode Dpop { get; init; } = DpopMode.Optional;

    /// <summary>Set where the issuer's own server is behind the route.</summary>
    public AuthorizationServerSettings? AuthorizationServer { get; init; }

    /// <summary>How long a stream may outlive its token (A12).</summary>
    public TimeSpan StreamGrace { get; init; }
}

using System.Collections.Frozen;

namespace Culvert.Tunnel.Agent.Authorization;

internal sealed record OauthSettings
{
    public required OauthMode Mode { get; init; }

    /// <summary>Part of the resource identifier, not a restriction: the gate covers every path.</summary>
    public string Path { get; init; } = "/mcp";

    /// <summary>The resource identifier where it is not hostname, port and path; else empty.</summary>
    public string Resource { get; init; } = "";

    /// <summary>Names of <c>issuers</c>; at least one when a token is required.</summary>
    public IReadOnlyList<string> Issuers { get; init; } = [];

    /// <summary>By the name of an issuer in the file: <see cref="IssuerSettings.Claims"/>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Claims { get; init; } =
        FrozenDictionary<string, IReadOnlyList<string>>.Empty;

    /// <summary>Further values of <c>aud</c> besides the resource (A7). Two routes never share one.</summary>
    public IReadOnlyList<string> Audiences { get; init; } = [];

    public IReadOnlyList<string> ScopesSupported { get; init; } = [];

    public IReadOnlyList<string> RequiredScopes { get; init; } = [];

    public IReadOnlyList<OperationScopes> OperationScopes { get; init; } = [];

    /// <summary>A scope, and the scopes that it implies.</summary>
    public IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>>> ScopeHierarchy { get; init; } = [];

    public DpopMode Dpop { get; init; } = DpopMode.Optional;

    /// <summary>Set where the upstream is the issuer's own server.</summary>
    public AuthorizationServerSettings? AuthorizationServer { get; init; }

    /// <summary>How long a stream may outlive its token (A12).</summary>
    public TimeSpan StreamGrace { get; init; }
}

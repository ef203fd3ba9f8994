using Culvert.Tunnel.Agent.Credentials;

namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>Authenticates the callers of a route, and the agent to the route's upstream.</summary>
internal sealed class RouteAccess
{
    /// <param name="before">The same route before a reload: the used proofs are remembered.</param>
    /// <param name="sessions">The route's binding; null: one under a key that is not shared.</param>
    public RouteAccess(
        OauthSettings oauth,
        IReadOnlyList<IssuerKeyCache> issuers,
        UpstreamCredential credential,
        TimeProvider time,
        bool needsGroups = false,
        bool needsClaims = false,
        RouteAccess? before = null,
        SessionBinding? sessions = null
    )
    {
        Oauth = oauth;
        AuthorizationServers = [.. issuers.Select(i => i.Issuer.Issuer)];
        Validator = new TokenValidator(issuers, time, needsGroups, needsClaims);
        Scopes = new ScopePolicy(oauth);
        Proofs = before?.Proofs ?? new ProofCheck(time);
        Sessions = sessions ?? new SessionBinding("", new SessionKey());
        Events = Sessions.ForEvents();
        Credential = credential;
    }

    public OauthSettings Oauth { get; }

    public IReadOnlyList<string> AuthorizationServers { get; }

    public TokenValidator Validator { get; }

    public ScopePolicy Scopes { get; }

    public ProofCheck Proofs { get; }

    public SessionBinding Sessions { get; }

    public SessionBinding Events { get; }

    public UpstreamCredential Credential { get; }

    /// <summary>Whether the client's credentials reach the upstream, and the upstream's challenges the client.</summary>
    public bool IsPassthrough => Oauth.Mode == OauthMode.Passthrough;

    /// <summary>Access without a check by the agent.</summary>
    public static RouteAccess Open(OauthMode mode) =>
        new(new OauthSettings { Mode = mode }, [], NoCredential.Instance, TimeProvider.System);
}

using Culvert.Tunnel.Agent.Credentials;

namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>Who may call a route, and as whom the agent then calls its upstream.</summary>
internal sealed class RouteAccess
{
    /// <param name="oauth">The route's section.</param>
    /// <param name="issuers">Those that the section names.</param>
    /// <param name="credential">Towards the upstream.</param>
    /// <param name="time">The clock of tokens and proofs.</param>
    /// <param name="needsGroups">Whether the route's rules ask for groups.</param>
    /// <param name="before">The same route before the file changed: which proofs were used stays known.</param>
    /// <param name="sessions">Of the route; null: under a key that is not shared.</param>
    public RouteAccess(
        OauthSettings oauth,
        IReadOnlyList<IssuerKeyCache> issuers,
        UpstreamCredential credential,
        TimeProvider time,
        bool needsGroups = false,
        RouteAccess? before = null,
        SessionBinding? sessions = null
    )
    {
        Oauth = oauth;
        AuthorizationServers = [.. issuers.Select(i => i.Issuer.Issuer)];
        Validator = new TokenValidator(issuers, time, needsGroups);
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

    /// <summary>For the ids in an upstream's streams of events.</summary>
    public SessionBinding Events { get; }

    public UpstreamCredential Credential { get; }

    /// <summary>Whether the client's own credentials go to the upstream, and the upstream's challenges to the client.</summary>
    public bool IsPassthrough => Oauth.Mode == OauthMode.Passthrough;

    /// <summary>Without a check of the agent's own.</summary>
    public static RouteAccess Open(OauthMode mode) =>
        new(new OauthSettings { Mode = mode }, [], NoCredential.Instance, TimeProvider.System);
}

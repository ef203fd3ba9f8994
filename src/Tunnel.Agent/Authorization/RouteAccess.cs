using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>Authenticates the callers of a route, and the agent to the route's upstream.</summary>
internal sealed class RouteAccess
{
    private readonly IReadOnlyList<IssuerKeyCache> issuers;

    /// <param name="before">The same route before a reload: the used proofs are remembered.</param>
    /// <param name="live">The process's; null: nothing ends before its token expires.</param>
    /// <param name="sessions">The route's binding; null: one under a key that is not shared.</param>
    public RouteAccess(
        OauthSettings oauth,
        IReadOnlyList<IssuerKeyCache> issuers,
        UpstreamCredential credential,
        TimeProvider time,
        bool needsGroups = false,
        bool needsClaims = false,
        RouteAccess? before = null,
        SessionBinding? sessions = null,
        LiveRequests? live = null
    )
    {
        Oauth = oauth;
        this.issuers = issuers;
        Live = live;
        Validator = new TokenValidator(issuers, time, needsGroups, needsClaims);
        Scopes = new ScopePolicy(oauth);
        Proofs = before?.Proofs ?? new ProofCheck(time);
        Sessions = sessions ?? new SessionBinding("", new SessionKey());
        Events = Sessions.ForEvents();
        Credential = credential;
    }

    public OauthSettings Oauth { get; }

    /// <summary>The URLs of the issuers; not that of the service before a feed has named it.</summary>
    public IReadOnlyList<string> AuthorizationServers => [.. issuers.Select(i => i.Url).Where(url => url.Length > 0)];

    public bool Accepts(string issuer) => issuers.Any(i => string.Equals(i.Url, issuer, StringComparison.Ordinal));

    /// <summary>The requests that end when their token is refused; null without such an end.</summary>
    public LiveRequests? Live { get; }

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

using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Credentials.Aws;
using Culvert.Tunnel.Agent.Credentials.Google;
using Culvert.Tunnel.Agent.Pins;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Routing;

/// <summary>The routes of one version of the configuration, with new upstreams, or ones of the previous version.</summary>
internal sealed class RouteSet : IAsyncDisposable
{
    private RouteSet(IReadOnlyList<Route> routes) => Routes = routes;

    public IReadOnlyList<Route> Routes { get; }

    /// <param name="sources">What credentials get from others; null: nothing.</param>
    public static RouteSet Create(
        IReadOnlyList<RouteSettings> settings,
        IReadOnlyList<IssuerKeyCache> issuers,
        Func<UpstreamSettings, Upstream> create,
        TimeProvider time,
        IReadOnlyList<Route>? before = null,
        SessionKey? sessionKey = null,
        PinBook? pins = null,
        LiveRequests? live = null,
        CredentialSources? sources = null
    )
    {
        var byName = issuers.ToDictionary(i => i.Issuer.Name, StringComparer.Ordinal);
        var created = settings.ToDictionary(s => s.Name, Create, StringComparer.Ordinal);
        return new RouteSet([
            .. settings.Select(s =>
                created[s.Name] with
                {
                    // A trial of one route has no others.
                    Members = [.. s.Upstream.Members.Where(created.ContainsKey).Select(name => created[name])],
                }
            ),
        ]);

        Route Create(RouteSettings s)
        {
            // The caller of a composed tool is also judged by the rules of its members.
            List<PolicyRule> rules =
            [
                .. s.Policy.Rules,
                .. settings.Where(m => s.Upstream.Members.Contains(m.Name)).SelectMany(m => m.Policy.Rules),
            ];
            var upstream = FindExisting(s, before) ?? create(s.Upstream);
            return new Route(
                s.Name,
                upstream,
                s.AllowedOrigins,
                new RouteAccess(
                    s.Oauth,
                    [
                        .. s
                            .Oauth.Issuers.Distinct(StringComparer.Ordinal)
                            .Where(byName.ContainsKey)
                            .Select(name => byName[name]),
                    ],
                    CreateCredential(s, upstream, sources ?? CredentialSources.None, time),
                    time,
                    rules.Exists(r => r.Groups.Count > 0),
                    s.Upstream.ReadsClaims || s.Credential.ReadsClaims || rules.Exists(r => r.ReadsClaims),
                    Before(s.Name, before)?.Access,
                    sessionKey is null ? null : new SessionBinding(s.Name, sessionKey),
                    live
                )
            )
            {
                Hostnames = s.Hostnames,
                IsExposed = s.IsExposed,
                IsPublic = s.IsPublic,
                Policy = RoutePolicy.Create(
                    s.Policy,
                    name => byName[name].Url,
                    s.Oauth.ScopeHierarchy,
                    time,
                    Before(s.Name, before)?.Policy,
                    pins?.Create(s.Name, s.Pins)
                ),
            };
        }
    }

    // An upstream with an unchanged configuration is reused: its connections, programs and sessions continue.
    private static Upstream? FindExisting(RouteSettings settings, IReadOnlyList<Route>? before) =>
        Before(settings.Name, before)?.Upstream is { } upstream
        && upstream.Settings.Origin.Length > 0
        && upstream.Settings.Origin == settings.Upstream.Origin
            ? upstream
            : null;

    private static Route? Before(string name, IReadOnlyList<Route>? routes) =>
        routes?.FirstOrDefault(r => r.Name == name);

    private static UpstreamCredential CreateCredential(
        RouteSettings route,
        Upstream upstream,
        CredentialSources sources,
        TimeProvider time
    )
    {
        return route.Credential switch
        {
            { Type: CredentialType.Static } settings => new StaticCredential(settings.Header, settings.Value!),
            { Type: CredentialType.MutualTls } => new MutualTlsCredential(upstream.ClientCertificate),
            { Type: CredentialType.ClientCredentials, Token: { } token } => new ClientCredentialsCredential(
                token,
                CreateEndpoint(token),
                time,
                CreateChain(token)
            ),
            { Type: CredentialType.TokenExchange, Token: { } token } => new TokenExchangeCredential(
                token,
                CreateEndpoint(token),
                time,
                CreateChain(token)
            ),
            { Type: CredentialType.PersonGrant } => new PersonGrantCredential(route.Name, sources.Grants, time),
            { Type: CredentialType.Aws, Aws: { } aws } => new AwsCredential(
                aws,
                route.Name,
                sources.Service(route.Name),
                new SecurityTokenService(aws, new CloudEndpoint(aws.Endpoint, time), time),
                time
            ),
            { Type: CredentialType.Google, Google: { } google } => new GoogleCredential(
                new GoogleTokens(google, sources.Service(route.Name), new CloudEndpoint(google.Endpoint, time), time),
                time
            ),
            { Type: CredentialType.GitHubApp } settings => new GitHubAppCredential(
                route.Name,
                settings.GitHubApp,
                sources.GitHub,
                time
            ),
            _ => NoCredential.Instance,
        };

        TokenEndpoint CreateEndpoint(TokenSettings token) =>
            new(token, time, assertions: sources.Get(token.AssertionOrigin, route.Name));

        TokenChain CreateChain(TokenSettings token) =>
            new([.. token.Then.Select(link => (link, CreateEndpoint(link)))]);
    }

    public async ValueTask DisposeAsync() => await Task.WhenAll(Routes.Select(r => r.Upstream.DisposeAsync().AsTask()));
}

using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Requests;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Tunnel.Agent.Tests.Support;

/// <summary>A tunnel with routes that require tokens of one issuer, and an upstream that records what reaches it.</summary>
internal sealed class OauthFixture : IAsyncDisposable
{
    public const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    public const string Resource = "https://" + Support.Tunnel.Host + "/mcp";

    private readonly Func<OauthSettings, OauthSettings> change;
    private readonly bool needsClaims;

    public OauthFixture(
        Func<OauthSettings, OauthSettings>? change = null,
        string answer = Ok,
        Microsoft.Extensions.Logging.ILoggerFactory? loggers = null,
        TimeProvider? time = null,
        long maxHeldBytes = 64 * 1024 * 1024,
        IReadOnlyList<string>? exposed = null,
        bool needsClaims = false
    )
    {
        this.needsClaims = needsClaims;
        this.change = change ?? (o => o);
        Time = time ?? TimeProvider.System;
        Upstream = RawUpstream.Answering(answer);
        Tunnel = new Tunnel(loggers, Time, maxHeldBytes: maxHeldBytes);
        Keys = KeysOf(Issuer, Time, settings: Issuer.Settings with { Claims = exposed ?? [] });
    }

    public static RouteAccess Open => RouteAccess.Open(OauthMode.Passthrough);

    public TimeProvider Time { get; }

    public TestIssuer Issuer { get; } = new();

    public RawUpstream Upstream { get; }

    public Tunnel Tunnel { get; }

    public IssuerKeyCache Keys { get; }

    /// <summary>That of the tunnel's agents.</summary>
    public SessionKey SessionKey { get; private set; } = new();

    public static IssuerKeyCache KeysOf(
        TestIssuer issuer,
        TimeProvider time,
        IIssuerDocuments? documents = null,
        IssuerSettings? settings = null
    ) =>
        new(
            settings ?? issuer.Settings,
            new KeySetSource(documents ?? issuer.Documents()),
            time,
            NullLogger<IssuerKeyCache>.Instance
        );

    public static async Task<OauthFixture> StartAsync(
        Func<OauthSettings, OauthSettings>? change = null,
        string answer = Ok,
        UpstreamCredential? credential = null,
        Microsoft.Extensions.Logging.ILoggerFactory? loggers = null,
        TimeProvider? time = null,
        SessionKey? sessionKey = null,
        params string[] routes
    )
    {
        var fixture = new OauthFixture(change, answer, loggers, time);
        fixture.SessionKey = sessionKey ?? fixture.SessionKey;
        foreach (var route in routes.Length > 0 ? routes : ["docs"])
        {
            fixture.Tunnel.Add(route, fixture.Upstream.Port, fixture.Access(credential, route: route));
        }

        await fixture.Tunnel.StartAsync();
        return fixture;
    }

    /// <summary>What the principal of <see cref="Token"/> has been given in place of the upstream's id.</summary>
    public string SessionOf(string id, string subject = "alice") =>
        Bound(new SessionBinding("docs", SessionKey), id, subject);

    /// <summary>The same for the id of an event.</summary>
    public string EventOf(string id, string subject = "alice") =>
        Bound(new SessionBinding("docs", SessionKey).ForEvents(), id, subject);

    private string Bound(SessionBinding binding, string id, string subject)
    {
        var principal = new Principal
        {
            Issuer = Issuer.Url,
            Subject = subject,
            ClientId = "client-1",
            Scopes = [],
            EndsAt = DateTimeOffset.MaxValue,
            KeyThumbprint = null,
        };
        binding.TryBind(id, principal, out var bound).ShouldBeTrue();
        return bound!;
    }

    public RouteAccess Access(
        UpstreamCredential? credential = null,
        IssuerKeyCache? keys = null,
        string route = "docs",
        LiveRequests? live = null
    ) =>
        new(
            change(new OauthSettings { Mode = OauthMode.Required, Issuers = ["corp"] }),
            [keys ?? Keys],
            credential ?? NoCredential.Instance,
            Time,
            needsClaims: needsClaims,
            sessions: new SessionBinding(route, SessionKey),
            live: live
        );

    public string Token(
        Action<System.Text.Json.Nodes.JsonObject>? claims = null,
        Action<System.Text.Json.Nodes.JsonObject>? header = null,
        string resource = Resource
    ) => Issuer.Token(resource, Time.GetUtcNow(), claims, header);

    public async Task<HttpResponseMessage> SendAsync(
        string? token = null,
        HttpMethod? method = null,
        string path = "/mcp",
        string? json = null,
        string host = Support.Tunnel.Host,
        int httpVersion = 1,
        Action<HttpRequestMessage>? change = null
    )
    {
        using var client = Tunnel.Client(host, new Version(httpVersion, httpVersion == 1 ? 1 : 0));
        var url = new Uri(
            $"https://{host}:9443{path}",
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }
        );
        var request = new HttpRequestMessage(method ?? (json is null ? HttpMethod.Get : HttpMethod.Post), url)
        {
            Version = client.DefaultRequestVersion,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        if (json is not null)
        {
            request.Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        }

        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        }

        change?.Invoke(request);
        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await Tunnel.DisposeAsync();
        await Upstream.DisposeAsync();
    }
}

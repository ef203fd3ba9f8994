using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Certificates.Enrollments;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Connections;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.PersonConnections;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Authorization;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tunnels.Machines;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using TypedConnectionId = Culvert.Identity.Service.Ids.ConnectionId;

namespace Culvert.Identity.Service.Tests.Connections;

/// <summary>A service with a connection of the route docs, the vendor's server, an agent, and people who sign in.</summary>
internal sealed class ConnectionBench : IAsyncDisposable
{
    public const string Path = "/v1/connections";
    public const string TokenPath = "/v1/agent/connection_tokens";
    public const string Route = "docs";

    private readonly ScriptedPeers peers;

    private ConnectionBench(AuthorizationBench people, ScriptedPeers peers)
    {
        People = people;
        this.peers = peers;
        Upstream = new UpstreamDouble(people.Federated.Provider);
    }

    public AuthorizationBench People { get; }

    public UpstreamDouble Upstream { get; }

    public ServiceUnderTest Service => People.Service;

    public HttpClient Api => Service.Api;

    public HttpClient Agent { get; private set; } = null!;

    public string ConnectionId { get; private set; } = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<ConnectionBench> StartAsync(
        Action<IServiceCollection>? configure = null,
        Func<ServiceOptions, ServiceOptions>? options = null
    )
    {
        var peers = new ScriptedPeers();
        var enrollments = new ScriptedEnrollments();
        var people = await AuthorizationBench.StartAsync(
            services =>
            {
                services
                    .AddSingleton<IMachinePeerVerifier>(peers)
                    .AddSingleton<IAgentEnrollments>(enrollments)
                    .AddSingleton<IRevokedMachines>(enrollments);
                configure?.Invoke(services);
            },
            options
        );
        var bench = new ConnectionBench(people, peers);
        bench.ConnectionId = (await people.Federated.CreateAsync(Path, bench.Body())).Id();
        bench.Agent = bench.AgentAt(bench.Service, people.Organization, people.TunnelId);
        await bench.Service.PauseJobsAsync();
        return bench;
    }

    public HttpClient AgentAt(ServiceUnderTest node, string organizationId, string tunnelId) =>
        node.Agent(peers, organizationId, tunnelId).Client;

    public JsonObject Body(Action<JsonObject>? edit = null)
    {
        var provider = People.Federated.Provider;
        var body = new JsonObject
        {
            ["tunnel_id"] = People.TunnelId,
            ["route"] = Route,
            ["display_name"] = "Vendor",
            ["issuer"] = provider.Url,
            ["authorization_endpoint"] = "https://vendor.example.com/authorize?tenant=7",
            ["token_endpoint"] = provider.Url + UpstreamDouble.TokenPath,
            ["revocation_endpoint"] = provider.Url + UpstreamDouble.RevokePath,
            ["client_id"] = UpstreamDouble.ClientId,
            ["client_auth"] = "client_secret_basic",
            ["client_secret"] = UpstreamDouble.Secret,
            ["scopes"] = new JsonArray("files.read", "files.write"),
            ["ca_cert_pem"] = provider.Pki.RootPem,
            ["allowed_targets"] = new JsonArray(new JsonObject { ["cidr"] = "127.0.0.1/32", ["port"] = provider.Port }),
        };
        edit?.Invoke(body);
        return body;
    }

    public void UseConnection(string id) => ConnectionId = id;

    public string ConnectPath => $"/oauth/{People.Organization}/connect/{ConnectionId}";

    public string ListPath => $"/oauth/{People.Organization}/connections";

    public string ConnectUrl => FederatedService.PublicUrl + ConnectPath;

    public string CallbackPath => $"/oauth/{People.Organization}/connected/{ConnectionId}";

    /// <summary>The subject of a token of the organization's authorization server.</summary>
    public string SubjectOf(string person) => $"{People.IssuerId}:{person}";

    /// <summary>The person signs in and opens the page.</summary>
    public Task OpenAsync(ConsoleBrowser browser, string person) => OpenAsync(browser, person, ConnectPath);

    /// <summary>The person signs in and opens the page with all connections.</summary>
    public Task OpenListAsync(ConsoleBrowser browser, string person) => OpenAsync(browser, person, ListPath);

    private async Task OpenAsync(ConsoleBrowser browser, string person, string path)
    {
        People.Subject = person;
        using var page = await People.SignInAtAsync(browser, path);
        page.StatusCode.ShouldBe(HttpStatusCode.OK, browser.Page);
    }

    public Task<HttpResponseMessage> AnswerAsync(
        ConsoleBrowser browser,
        string answer = ConnectForm.Connect,
        string? connectionId = null
    ) =>
        browser.SubmitAsync(
            $"/oauth/{People.Organization}/connect",
            (ConnectForm.RequestField, AuthorizationBench.RequestOn(browser)),
            (ConnectForm.ConnectionField, connectionId ?? ConnectionId),
            (ConnectForm.AnswerField, answer)
        );

    /// <summary>The person signs in and continues to the vendor.</summary>
    public async Task<Uri> GoToUpstreamAsync(ConsoleBrowser browser, string person)
    {
        await OpenAsync(browser, person);
        using var sent = await AnswerAsync(browser);
        sent.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        return sent.Headers.Location!;
    }

    /// <summary>The browser returns from the vendor.</summary>
    public static Task<HttpResponseMessage> ReturnAsync(ConsoleBrowser browser, string url) =>
        browser.GetAsync(new Uri(url).PathAndQuery);

    /// <summary>The person connects, with the account of their name at the vendor.</summary>
    public async Task ConnectAsync(string person)
    {
        using var browser = new ConsoleBrowser(Service);
        var url = await GoToUpstreamAsync(browser, person);
        using var done = await ReturnAsync(browser, Upstream.Allow(url, person));
        done.StatusCode.ShouldBe(HttpStatusCode.OK, browser.Page);
    }

    /// <summary>A grant as if the person had connected: the vendor knows its refresh token.</summary>
    public async Task AddGrantAsync(string person, TimeSpan life)
    {
        var (access, refresh) = Upstream.Issue(person);
        var now = Service.Time.GetStoreNow();
        var grant = new ConnectionGrant
        {
            Id = ConnectionGrantId.New(),
            ConnectionId = TypedConnectionId.Wrap(ConnectionId),
            OrganizationId = People.Organization,
            Person = new ConnectionPerson(People.Federated.Provider.Url, person),
            AccessToken = access,
            RefreshToken = refresh,
            Scope = "files.read",
            SignedInAt = now,
            CreatedAt = now,
            TokenExpiresAt = now + life,
        };
        var result = await Service
            .Get<IJournal>()
            .CommitAsync(new Decision { Statements = Service.Get<ConnectionGrantStore>().Replace(grant) }, Cancel);
        result.Outcome.ShouldBe(CommitOutcome.Committed);
    }

    public Task<HttpResponseMessage> AskAsync(string person, HttpClient? agent = null) =>
        (agent ?? Agent).PostAsync(TokenPath, Ask(SubjectOf(person)));

    public string Ask(string subject, string? issuer = null, string route = Route) =>
        new JsonObject
        {
            ["route"] = route,
            ["issuer"] = issuer ?? People.Issuer,
            ["subject"] = subject,
        }.ToJsonString();

    public async Task<JsonElement> AskOkAsync(string person, HttpClient? agent = null) =>
        await AskAsync(person, agent).ShouldBeOkAsync();

    public Task<JsonElement> OffBoardAsync(string person) =>
        People.Federated.CreateAsync(
            "/v1/people/off_board",
            new JsonObject
            {
                ["issuer_id"] = People.IssuerId,
                ["subject"] = person,
                ["reason"] = "has left",
            }
        );

    /// <summary>The organization's directory deactivates the person.</summary>
    public async Task DeactivateAsync(string person)
    {
        var result = await Service
            .Get<IJournal>()
            .CommitAsync(
                new Decision
                {
                    Statements =
                    [
                        InactivePeople.Add(People.Organization, People.IssuerId, person, Service.Time.GetUtcNow()),
                    ],
                    Changes = ChangeTopics.Feed,
                },
                Cancel
            );
        result.Outcome.ShouldBe(CommitOutcome.Committed);
    }

    public Task RevokeUpstreamAsync() => Service.Get<ConnectionRevoker>().RunAsync(Cancel);

    public ValueTask DisposeAsync() => People.DisposeAsync();
}

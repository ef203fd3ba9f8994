using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Certificates.Revocation;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Jobs;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Tests.Machines;
using Culvert.Identity.Service.Tests.Transparency;
using Culvert.Identity.Service.Tests.Tunnels.Inventory;
using Culvert.Identity.Service.Tokens;
using Culvert.Identity.Service.Transparency;
using Culvert.Testing;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>
/// A service in which there is something of everything: <see cref="OneOfEach"/>, and what needs machines, exchanges,
/// certificates, records, a second person and a second organization. For walks over every operation and every command.
/// </summary>
internal sealed class FullService : IAsyncDisposable
{
    // Longer than an agent counts as live after its last call.
    private static readonly TimeSpan Absence = TimeSpan.FromMinutes(6);

    // The steps below move the clock by less. At the end it shows what the clock of the machine shows, which commands use.
    private static readonly TimeSpan Steps = TimeSpan.FromMinutes(2);

    private readonly RevocationBench bench;
    private readonly TestIdentityProvider provider;
    private readonly HttpClient anyone;
    private readonly HttpClient renewer;
    private HttpClient agent = null!;
    private HttpClient edge = null!;

    private FullService(RevocationBench bench, CallRecord calls, TestIdentityProvider provider)
    {
        this.bench = bench;
        this.provider = provider;
        Calls = calls;
        anyone = Service.Client(null);
        renewer = Service.Client(
            Machines.AgentToken("renewer", tunnels: [Machines.TunnelId], scope: Scopes.CertificateIssue)
        );
    }

    public ServiceUnderTest Service => Machines.Service;

    public MachineBench Machines => bench.Bench;

    /// <summary>What was called so far, also by what made the things.</summary>
    public CallRecord Calls { get; }

    /// <summary>As of <see cref="OneOfEach"/>, and more.</summary>
    public Dictionary<string, string> Things { get; private set; } = [];

    /// <summary>The paths that read an operation's answers, by template, where the things alone do not fill it in.</summary>
    public Dictionary<string, string[]> Paths { get; } = [];

    /// <summary>Public keys of the identity provider.</summary>
    public JsonArray ProviderKeys => provider.Keys;

    /// <summary>PEM: the enterprise's answer to the request of <c>fresh_ca</c>.</summary>
    public string FreshChain { get; private set; } = "";

    private HttpClient Api => Service.Api;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<FullService> StartAsync()
    {
        // Proofs of possession name the whole public URL, so the port must be known before.
        var port = LoopbackPort.Free();
        var calls = new CallRecord();
        var bench = new RevocationBench
        {
            Adjust = options =>
                options with
                {
                    PublicUrl = $"https://localhost:{port}",
                    MachineUrl = "https://localhost:8444",
                    TrustDomain = "localhost",
                    ApiListen = [new IPEndPoint(IPAddress.Loopback, port)],
                    // Each command opens a connection, and the limit counts by a clock that does not move.
                    Limits = options.Limits with
                    {
                        NewConnectionsPerAddress = new RateLimit(10_000, TimeSpan.FromSeconds(1)),
                    },
                },
            Configure = services =>
                services
                    .AddSingleton<IStartupFilter>(calls)
                    .AddSingleton<AccessTokenValidator>()
                    .AddSingleton<IAccessTokenValidator>(container => new MachineOrGrantedTokens(
                        container.GetRequiredService<MachineTokens>(),
                        container.GetRequiredService<AccessTokenValidator>()
                    )),
            Time = new FakeTimeProvider(TimeProvider.System.GetUtcNow() - Absence - Steps),
        };
        await bench.InitializeAsync();
        var full = new FullService(bench, calls, await TestIdentityProvider.StartAsync(bench.Bench.Service.Time));
        await full.FillAsync();
        return full;
    }

    /// <summary>The client that an operation is for.</summary>
    public HttpClient ClientOf(string template) =>
        template.StartsWith("/v1/agent/", StringComparison.Ordinal) ? agent
        : template.StartsWith("/v1/edge/", StringComparison.Ordinal) ? edge
        : template == "/v1/certificates/renewal" ? renewer
        : Api;

    /// <summary>Claims of a good token of the identity provider.</summary>
    public JsonObject CreateClaims() => provider.Claims(Service.Options.PublicUrl);

    /// <summary>A token of the identity provider, for one exchange.</summary>
    public string SignToken() => provider.Sign(CreateClaims());

    public async ValueTask DisposeAsync()
    {
        anyone.Dispose();
        renewer.Dispose();
        await bench.DisposeAsync();
        await provider.DisposeAsync();
    }

    private async Task FillAsync()
    {
        await Machines.JoinAsync(Machines.AgentToken(), "gone");
        Service.Time.Advance(Absence);
        Things = await OneOfEach.MakeAsync(Machines);
        Things["organization"] = Machines.OrganizationId;
        await AddMachinesAsync();
        await AddExchangesAsync();
        await AddCertificatesAsync();
        await AddAuthoritiesAsync();
        await AddPersonsAsync();
        await AddRecordsAsync();
        var behind = TimeProvider.System.GetUtcNow() - Service.Time.GetUtcNow();
        Service.Time.Advance(behind > TimeSpan.Zero ? behind : TimeSpan.Zero);
    }

    // One agent that reports, also a drift, and one that is revoked.
    private async Task AddMachinesAsync()
    {
        (var certificate, agent) = await bench.ServeAsync("two");
        Things["serial"] = certificate.Text("serial");
        var edgeId = Things["edge_id"] = await FeedTests.CreateEdgeAsync(Service);
        (_, edge) = await Machines.JoinEdgeAsync(Machines.EdgeToken(edgeId), edgeId);
        var now = Service.Time.GetUtcNow();
        var usage = $$"""
            {"run":"a","sequence":1,
             "entries":[{{InventoryScene.Use("echo", "docs", InventoryScene.Caller("alice"))}}],
             "minutes":[{{InventoryScene.Minute(now, 2, 0, "0,0,0,0,0,0,0,0,0,2")}}]}
            """;
        const string Route = """
            {"name":"docs","hostname":"docs.x","upstream_healthy":true,"detail":"",
             "drifts":[{"kind":"tool","name":"echo","classes":"description","action":"block","observed":"aa",
                        "since":"2020-01-01T00:00:00Z"}]}
            """;
        await ShouldBeEmptyAsync(agent.PostAsync("/v1/agent/reports", InventoryScene.WriteReport(usage, Route)));
        await ShouldBeEmptyAsync(
            edge.PostAsync(
                "/v1/edge/reports",
                $$"""
                {"revision":1,"epochs":{"platform":1},"serial":"ed9e","version":"0.1.0","sni_public_port":9443,
                 "agents":[{"tunnel_id":"{{Machines.TunnelId}}","instance_id":"two","connections":2}],
                 "client_connections":{"{{Machines.TunnelId}}":3} }
                """
            )
        );
        var challenge = await agent.PostOkAsync(
            "/v1/agent/acme_challenges",
            $$"""
            {"name":"docs.{{Machines.Tunnel.Text("domain")}}",
             "key_authorization_sha256":"{{Base64Url.EncodeToString(new byte[32])}}",
             "expires_at":"{{now.AddMinutes(5):yyyy-MM-ddTHH:mm:ssZ}}"}
            """
        );
        Things["challenge_id"] = challenge.Id();
        await Machines.SetTunnelAsync(new { assertion_audiences = new[] { "api://AzureADTokenExchange" } });
        await agent.PostOkAsync("/v1/agent/assertions", """{"route":"docs","audience":"api://AzureADTokenExchange"}""");
        var second = await agent.PostOkAsync("/v1/agent/approvals", OneOfEach.WriteApproval('b'));
        Things["second_approval_id"] = second.Id();
        var (revoked, _) = await Machines.JoinAsync(Machines.AgentToken(), "three");
        await Api.PostOkAsync($"/v1/tunnels/{Machines.TunnelId}/agents/{revoked.Id}/revoke");
    }

    // One that is granted, one that is denied with proven claims, and one that is denied before.
    private async Task AddExchangesAsync()
    {
        var issuer = await Api.PostOkAsync(
            FederatedService.Issuers,
            new JsonObject
            {
                ["name"] = "provider",
                ["issuer_url"] = provider.Url,
                ["jwks"] = new JsonObject { ["type"] = "inline", ["keys"] = provider.Keys.DeepClone() },
            }.ToJsonString()
        );
        var account = Things["account"];
        await Api.PostOkAsync(
            $"{FederatedService.Accounts}/{account}/workspaces",
            $$"""{"workspace_id":"{{Machines.WorkspaceId}}","workspace_role":"workspace_developer"}"""
        );
        var rule = await AddRuleAsync("deploy", issuer.Id(), "workspace:developer", []);
        var renew = await AddRuleAsync("renew", issuer.Id(), Scopes.CertificateIssue, [Machines.TunnelId]);
        var other = CreateClaims();
        other["sub"] = "repo:acme/app:pull_request";
        var (granted, answer) = await ExchangeAsync(HttpStatusCode.OK, rule, SignToken());
        var (denied, _) = await ExchangeAsync(HttpStatusCode.Unauthorized, rule, provider.Sign(other));
        var (malformed, _) = await ExchangeAsync(HttpStatusCode.Unauthorized, rule, "e30.e30.e30");
        Things["access_token"] = answer.Text("access_token");
        Things["granted_request"] = granted;
        Things["denied_request"] = denied;
        Things["renew_rule"] = renew;
        Things["version"] = "1";
        Things["federation_rules/id"] = rule;
        Things["federation_issuers/id"] = issuer.Id();
        await Api.PostOkAsync(
            $"{FederatedService.Issuers}/{issuer.Id()}/signals",
            """{"transmitter_issuer":"https://idp.example.com","jwks_uri":"https://idp.example.com/keys"}"""
        );
        Paths["/v1/authentication_history/{request_id}"] =
        [
            .. new[] { granted, denied, malformed }.Select(request => $"/v1/authentication_history/{request}"),
        ];
        Paths["/v1/tokens"] = [$"/v1/tokens?principal={account}"];
        Paths["/v1/organizations/workspaces/{workspace}/service_accounts"] =
        [
            $"/v1/organizations/workspaces/{Machines.WorkspaceId}/service_accounts",
        ];
        Paths["/v1/organizations/workspaces/{workspace}/service_accounts/{id}"] =
        [
            $"/v1/organizations/workspaces/{Machines.WorkspaceId}/service_accounts/{account}",
        ];
    }

    private async Task<string> AddRuleAsync(string name, string issuer, string scope, string[] tunnels)
    {
        var rule = new JsonObject
        {
            ["name"] = name,
            ["issuer_id"] = issuer,
            ["match"] = new JsonObject { ["subject_prefix"] = "repo:acme/app:ref:refs/heads/main" },
            ["target"] = new JsonObject { ["type"] = "service_account", ["service_account_id"] = Things["account"] },
            ["oauth_scope"] = scope,
            ["workspace_id"] = Machines.WorkspaceId,
        };
        if (tunnels.Length > 0)
        {
            rule["tunnel_ids"] = new JsonArray([.. tunnels.Select(tunnel => JsonValue.Create(tunnel))]);
        }

        return (await Api.PostOkAsync(FederatedService.Rules, rule.ToJsonString())).Id();
    }

    private async Task<(string RequestId, JsonElement Answer)> ExchangeAsync(
        HttpStatusCode status,
        string rule,
        string token
    )
    {
        var body = new JsonObject
        {
            ["grant_type"] = "urn:ietf:params:oauth:grant-type:jwt-bearer",
            ["assertion"] = token,
            ["federation_rule_id"] = rule,
            ["organization_id"] = Machines.OrganizationId,
        };
        using var answer = await anyone.PostAsync(FederatedService.TokenPath, body.ToJsonString());
        answer.StatusCode.ShouldBe(status, await answer.Content.ReadAsStringAsync(Cancel));
        return (answer.Headers.GetValues("request-id").Single(), await answer.JsonAsync());
    }

    // Published lists, and one of an enterprise's own.
    private async Task AddCertificatesAsync()
    {
        await Service.Get<RevocationListPublisher>().PublishDueAsync(Cancel);
        Paths["/v1/crl/{ca_id}/{file}"] = [$"/v1/crl/{bench.AuthorityId}/0.crl"];
        Paths["/v1/ocsp/{ca_id}/{request}"] = [$"/v1/ocsp/{bench.AuthorityId}/AAAA"];
        Paths["/v1/certificates/renewal"] = [$"/v1/certificates/renewal?tunnel_id={Machines.TunnelId}"];
        Paths["/v1/certificates/export"] =
        [
            "/v1/certificates/export?format=csv",
            "/v1/certificates/export?format=json",
        ];
        Paths["/v1/inventory/routes/export"] = ["/v1/inventory/routes/export?format=csv"];
        Paths["/v1/transparency/agent_checkpoints"] =
        [
            $"/v1/transparency/agent_checkpoints?tunnel_id={Machines.TunnelId}",
        ];

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = Service.Time.GetUtcNow();
        using var enterprise = NewAuthority(key, now);
        var tunnel = (await Api.PostOkAsync("/v1/tunnels", "{}")).Id();
        var registered = await Api.PostOkAsync(
            $"/v1/tunnels/{tunnel}/certificates",
            JsonSerializer.Serialize(new { ca_certificate_pem = enterprise.ExportCertificatePem() })
        );
        var list = $"/v1/tunnels/{tunnel}/certificates/{registered.Id()}/revocation_list";
        var crl = new CertificateRevocationListBuilder().Build(
            enterprise,
            1,
            now.AddDays(7),
            HashAlgorithmName.SHA256,
            thisUpdate: now.AddHours(-1)
        );
        await Api.PostOkAsync(list, JsonSerializer.Serialize(new { crl = PemEncoding.WriteString("X509 CRL", crl) }));
        Paths["/v1/tunnels/{tunnel_id}/certificates/{certificate_id}/revocation_list"] = [list];
    }

    // Next to one that is new and one that signs: one that is staged, and one whose chain is not uploaded yet.
    private async Task AddAuthoritiesAsync()
    {
        var rotating = (await Api.PostOkAsync("/v1/tunnels", """{"display_name":"rotating"}""")).Id();
        Things["first_ca"] = await bench.ActivateAsync("first", rotating);
        var staged = await bench.StageAsync("next", rotating);
        var fresh = (await Api.PostOkAsync("/v1/tunnels", """{"display_name":"fresh"}""")).Id();
        (Things["fresh_ca"], FreshChain) = await bench.RequestAsync("fresh", fresh);
        string[] authorities = ["{ca_id}", bench.AuthorityId, staged, Things["fresh_ca"]];
        Paths["/v1/certificate_authorities/{ca_id}"] =
        [
            .. authorities.Select(id => $"/v1/certificate_authorities/{id}"),
        ];
        Paths["/v1/certificate_authorities/{ca_id}/rotation"] =
        [
            .. authorities.Select(id => $"/v1/certificate_authorities/{id}/rotation"),
        ];
    }

    // A second person of the organization, and another organization with a tunnel of its own.
    private async Task AddPersonsAsync()
    {
        var (second, _) = await PersonKeys.AddAsync(Service, Machines.OrganizationId, "Bob");
        using (second)
        {
            Things["second_key"] = second.DefaultRequestHeaders.Authorization!.Parameter!;
        }

        var other = await Api.PostOkAsync("/v1/organizations", """{"name":"Other"}""");
        var key = await Api.PostOkAsync(
            "/v1/admin_keys",
            $$"""{"name":"Eve","role":"security-admin","organization_id":"{{other.Id()}}"}"""
        );
        using var administrator = Service.Client(key.Text("admin_key"));
        await administrator.PostOkAsync("/v1/tunnels", """{"display_name":"theirs"}""");
    }

    private async Task AddRecordsAsync()
    {
        var signing = await SigningAgent.JoinAsync(Machines);
        await signing.SubmitAsync(3, "three calls");
        Service.Time.Advance(TimeSpan.FromSeconds(31));
        foreach (var job in Service.Get<JobScheduler>().Jobs)
        {
            (await Api.PostAsync($"/v1/jobs/{job.Name}/run", null)).Dispose();
        }

        await Service.Get<TransparencyLog>().IntegrateAsync(Cancel);
        var size = (await (await LogReader.StartAsync(Api)).HeadAsync()).Size;
        size.ShouldBeGreaterThan(1);
        var tile = size < 256 ? string.Create(CultureInfo.InvariantCulture, $"000.p/{size}") : "000";
        Paths["/v1/transparency/proof/consistency"] = [$"/v1/transparency/proof/consistency?from=1&to={size}"];
        Paths["/v1/transparency/proof/inclusion"] = ["/v1/transparency/proof/inclusion?index=0"];
        Paths["/v1/transparency/tile/{level}/{number}"] = [$"/v1/transparency/tile/0/{tile}"];
        Paths["/v1/transparency/tile/entries/{number}"] = [$"/v1/transparency/tile/entries/{tile}"];
        Paths["/v1/search"] = ["/v1/search?q=tools"];
        Paths["/v1/organizations/federation_presets/{name}"] = ["/v1/organizations/federation_presets/github-actions"];
        Paths["/v1/oauth/errors/{error}"] = ["/v1/oauth/errors/invalid_grant"];
        Paths["/v1/authentication_history"] =
        [
            "/v1/authentication_history",
            "/v1/authentication_history?decision=granted",
            "/v1/authentication_history?decision=denied",
        ];
    }

    private static X509Certificate2 NewAuthority(ECDsa key, DateTimeOffset now)
    {
        var request = new CertificateRequest("CN=Enterprise", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true)
        );
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request.CreateSelfSigned(now.AddYears(-1), now.AddYears(1));
    }

    private static async Task ShouldBeEmptyAsync(Task<HttpResponseMessage> call)
    {
        using var answer = await call;
        answer.StatusCode.ShouldBe(HttpStatusCode.NoContent, await answer.Content.ReadAsStringAsync(Cancel));
    }
}

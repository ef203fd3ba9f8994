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
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tests.Machines;
using Culvert.Identity.Service.Tests.Transparency;
using Culvert.Identity.Service.Tests.Tunnels.Inventory;
using Culvert.Identity.Service.Transparency;
using Culvert.Testing;
using Culvert.Testing.Api;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Documentation;

/// <summary>
/// Every <c>GET</c> of docs/openapi.json, of a service in which there is something of everything: it succeeds, no object
/// of the answer has a member twice, and the answer is as described.
/// </summary>
public sealed class EveryReadTests : IAsyncLifetime
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private readonly ApiDescription description = ApiDescription.OfTheService;
    private readonly RevocationBench bench = new();
    private readonly Dictionary<string, string[]> special = [];
    private Dictionary<string, string> things = [];
    private HttpClient anyone = null!;
    private HttpClient renewer = null!;
    private HttpClient agent = null!;
    private HttpClient edge = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ServiceUnderTest Service => bench.Bench.Service;

    private HttpClient Api => Service.Api;

    public async ValueTask InitializeAsync()
    {
        await bench.InitializeAsync();
        anyone = Service.Client(null);
        renewer = Service.Client(
            bench.Bench.AgentToken("renewer", tunnels: [bench.Bench.TunnelId], scope: Scopes.CertificateIssue)
        );
        things = await OneOfEach.MakeAsync(bench.Bench);
        await AddMachinesAsync();
        await AddExchangesAsync();
        await AddCertificatesAsync();
        await AddRecordsAsync();
    }

    public async ValueTask DisposeAsync()
    {
        anyone.Dispose();
        renewer.Dispose();
        await bench.DisposeAsync();
    }

    [Fact]
    public async Task EveryGet_OfAServiceWithSomethingOfEverything_AnswersAsDescribed()
    {
        var templates = JsonNode.Parse(
            await File.ReadAllTextAsync(CheckoutFolder.GetPath("docs/openapi.json"), Cancel)
        )!["paths"]!
            .AsObject()
            .Where(path => path.Value!["get"] is not null)
            .Select(path => path.Key)
            .ToList();
        templates.Count.ShouldBeGreaterThan(90);
        special.Keys.Except(templates).ShouldBeEmpty("they are no longer described");

        List<string> findings = [];
        foreach (var template in templates)
        {
            foreach (var path in special.GetValueOrDefault(template) ?? [template])
            {
                findings.AddRange(await FindAsync(template, OneOfEach.Fill(path, template, things)));
            }
        }

        findings.ShouldBeEmpty();
    }

    private async Task<IEnumerable<string>> FindAsync(string template, string path)
    {
        // Not by a client that holds answers against the description already: all findings are wanted, not the first.
        using var answer = await ClientOf(template).GetAsync(new Uri(path, UriKind.Relative), Cancel);
        var body = await answer.Content.ReadAsByteArrayAsync(Cancel);
        if (answer.StatusCode != HttpStatusCode.OK)
        {
            return [$"{path}: {(int)answer.StatusCode} {System.Text.Encoding.UTF8.GetString(body)}"];
        }

        var type = answer.Content.Headers.ContentType!.MediaType!;
        try
        {
            var json =
                type is "application/json" || type.EndsWith("+json", StringComparison.Ordinal)
                    ? JsonNode.Parse(body, documentOptions: Strict)
                    : JsonValue.Create(System.Text.Encoding.Latin1.GetString(body));
            if (type is "application/x-ndjson")
            {
                foreach (var line in System.Text.Encoding.UTF8.GetString(body).Split('\n'))
                {
                    _ = line.Length == 0 ? null : JsonNode.Parse(line, documentOptions: Strict);
                }
            }

            return description
                .FindInAnswer("GET", path.Split('?')[0], (int)answer.StatusCode, type, json)
                .Select(finding => $"{path}: {finding}");
        }
        catch (JsonException e)
        {
            return [$"{path}: {e.Message}"];
        }
    }

    private HttpClient ClientOf(string template) =>
        template.StartsWith("/v1/agent/", StringComparison.Ordinal) ? agent
        : template.StartsWith("/v1/edge/", StringComparison.Ordinal) ? edge
        : template == "/v1/certificates/renewal" ? renewer
        : Api;

    private async Task AddMachinesAsync()
    {
        (_, agent) = await bench.ServeAsync("two");
        var edgeId = things["edge_id"] = await FeedTests.CreateEdgeAsync(Service);
        (_, edge) = await bench.Bench.JoinEdgeAsync(bench.Bench.EdgeToken(edgeId), edgeId);
        var now = Service.Time.GetUtcNow();
        var usage = $$"""
            {"run":"a","sequence":1,
             "entries":[{{InventoryScene.Use("echo", "docs", InventoryScene.Caller("alice"))}}],
             "minutes":[{{InventoryScene.Minute(now, 2, 0, "0,0,0,0,0,0,0,0,0,2")}}]}
            """;
        const string Route = """{"name":"docs","hostname":"docs.x","upstream_healthy":true,"detail":""}""";
        await ShouldBeEmptyAsync(agent.PostAsync("/v1/agent/reports", InventoryScene.WriteReport(usage, Route)));
        await ShouldBeEmptyAsync(
            edge.PostAsync(
                "/v1/edge/reports",
                $$"""
                {"revision":1,"epochs":{"platform":1},"serial":"ed9e","version":"0.1.0","sni_public_port":9443,
                 "agents":[{"tunnel_id":"{{bench.Bench.TunnelId}}","instance_id":"two","connections":2}],
                 "client_connections":{"{{bench.Bench.TunnelId}}":3} }
                """
            )
        );
        var challenge = await agent.PostOkAsync(
            "/v1/agent/acme_challenges",
            $$"""
            {"name":"docs.{{bench.Bench.Tunnel.Text("domain")}}",
             "key_authorization_sha256":"{{Base64Url.EncodeToString(new byte[32])}}",
             "expires_at":"{{now.AddMinutes(5):yyyy-MM-ddTHH:mm:ssZ}}"}
            """
        );
        things["challenge_id"] = challenge.Id();
    }

    // One that is granted, one that is denied with proven claims, and one that is denied before.
    private async Task AddExchangesAsync()
    {
        await using var provider = await TestIdentityProvider.StartAsync(Service.Time);
        var issuer = await Api.PostOkAsync(
            FederatedService.Issuers,
            new JsonObject
            {
                ["name"] = "provider",
                ["issuer_url"] = provider.Url,
                ["jwks"] = new JsonObject { ["type"] = "inline", ["keys"] = provider.Keys.DeepClone() },
            }.ToJsonString()
        );
        var account = things["account"];
        await Api.PostOkAsync(
            $"{FederatedService.Accounts}/{account}/workspaces",
            $$"""{"workspace_id":"{{bench.Bench.WorkspaceId}}","workspace_role":"workspace_developer"}"""
        );
        var rule = await Api.PostOkAsync(
            FederatedService.Rules,
            $$"""
            {"name":"deploy","issuer_id":"{{issuer.Id()}}","match":{"subject_prefix":"repo:acme/app:ref:refs/heads/main"},
             "target":{"type":"service_account","service_account_id":"{{account}}"},
             "oauth_scope":"workspace:developer","workspace_id":"{{bench.Bench.WorkspaceId}}"}
            """
        );
        var claims = provider.Claims(FederatedService.PublicUrl);
        var other = provider.Claims(FederatedService.PublicUrl);
        other["sub"] = "repo:acme/app:pull_request";
        const string Entry = "/v1/authentication_history/{request_id}";
        special[Entry] =
        [
            await ExchangeAsync(HttpStatusCode.OK, provider.Sign(claims)),
            await ExchangeAsync(HttpStatusCode.Unauthorized, provider.Sign(other)),
            await ExchangeAsync(HttpStatusCode.Unauthorized, "e30.e30.e30"),
        ];
        things["version"] = "1";
        things["federation_rules/id"] = rule.Id();
        things["federation_issuers/id"] = issuer.Id();
        special["/v1/tokens"] = [$"/v1/tokens?principal={account}"];
        special["/v1/organizations/workspaces/{workspace}/service_accounts"] =
        [
            $"/v1/organizations/workspaces/{bench.Bench.WorkspaceId}/service_accounts",
        ];
        special["/v1/organizations/workspaces/{workspace}/service_accounts/{id}"] =
        [
            $"/v1/organizations/workspaces/{bench.Bench.WorkspaceId}/service_accounts/{account}",
        ];

        async Task<string> ExchangeAsync(HttpStatusCode status, string token)
        {
            var body = new JsonObject
            {
                ["grant_type"] = "urn:ietf:params:oauth:grant-type:jwt-bearer",
                ["assertion"] = token,
                ["federation_rule_id"] = rule.Id(),
                ["organization_id"] = bench.Bench.OrganizationId,
            };
            using var answer = await anyone.PostAsync(FederatedService.TokenPath, body.ToJsonString());
            answer.StatusCode.ShouldBe(status, await answer.Content.ReadAsStringAsync(Cancel));
            return Entry.Replace(
                "{request_id}",
                answer.Headers.GetValues("request-id").Single(),
                StringComparison.Ordinal
            );
        }
    }

    // An authority that signs as well as one that is new, published lists, and one of an enterprise's own.
    private async Task AddCertificatesAsync()
    {
        string[] authorities = ["{ca_id}", bench.AuthorityId];
        special["/v1/certificate_authorities/{ca_id}"] =
        [
            .. authorities.Select(id => $"/v1/certificate_authorities/{id}"),
        ];
        special["/v1/certificate_authorities/{ca_id}/rotation"] =
        [
            .. authorities.Select(id => $"/v1/certificate_authorities/{id}/rotation"),
        ];
        await Service.Get<RevocationListPublisher>().PublishDueAsync(Cancel);
        special["/v1/crl/{ca_id}/{file}"] = [$"/v1/crl/{bench.AuthorityId}/0.crl"];
        special["/v1/ocsp/{ca_id}/{request}"] = [$"/v1/ocsp/{bench.AuthorityId}/AAAA"];
        special["/v1/certificates/renewal"] = [$"/v1/certificates/renewal?tunnel_id={bench.Bench.TunnelId}"];
        special["/v1/certificates/export"] =
        [
            "/v1/certificates/export?format=csv",
            "/v1/certificates/export?format=json",
        ];
        special["/v1/inventory/routes/export"] = ["/v1/inventory/routes/export?format=csv"];
        special["/v1/transparency/agent_checkpoints"] =
        [
            $"/v1/transparency/agent_checkpoints?tunnel_id={bench.Bench.TunnelId}",
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
        special["/v1/tunnels/{tunnel_id}/certificates/{certificate_id}/revocation_list"] = [list];
    }

    private async Task AddRecordsAsync()
    {
        var signing = await SigningAgent.JoinAsync(bench.Bench);
        await signing.SubmitAsync(3, "three calls");
        foreach (var job in Service.Get<JobScheduler>().Jobs)
        {
            await Api.PostAsync($"/v1/jobs/{job.Name}/run", null);
        }

        await Service.Get<TransparencyLog>().IntegrateAsync(Cancel);
        var size = (await (await LogReader.StartAsync(Api)).HeadAsync()).Size;
        var tile = string.Create(CultureInfo.InvariantCulture, $"000.p/{size}");
        size.ShouldBeInRange(2, 255);
        special["/v1/transparency/proof/consistency"] = [$"/v1/transparency/proof/consistency?from=1&to={size}"];
        special["/v1/transparency/proof/inclusion"] = ["/v1/transparency/proof/inclusion?index=0"];
        special["/v1/transparency/tile/{level}/{number}"] = [$"/v1/transparency/tile/0/{tile}"];
        special["/v1/transparency/tile/entries/{number}"] = [$"/v1/transparency/tile/entries/{tile}"];
        special["/v1/search"] = ["/v1/search?q=tools"];
        special["/v1/organizations/federation_presets/{name}"] =
        [
            "/v1/organizations/federation_presets/github-actions",
        ];
        special["/v1/oauth/errors/{error}"] = ["/v1/oauth/errors/invalid_grant"];
        special["/v1/authentication_history"] =
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

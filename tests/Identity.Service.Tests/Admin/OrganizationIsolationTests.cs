using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Tests.Fixtures;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Admin;

/// <summary>S1: an administrator of one organization asks every endpoint for the things of another one.</summary>
public sealed partial class OrganizationIsolationTests : IAsyncLifetime
{
    // A body that the endpoint takes as far as the thing that its path names; {} for all others.
    private static readonly Dictionary<string, string> Bodies = new()
    {
        ["POST /v1/certificate_authorities/{ca_id}/approve"] =
            $$"""{"fingerprint":"{{new string('a', 64)}}"}""",
        ["POST /v1/certificate_authorities/{ca_id}/chain"] =
            $$"""{"chain_pem":"x","fingerprint":"{{new string('a', 64)}}"}""",
        ["POST /v1/certificate_authorities/{ca_id}/override"] = """{"reason":"x","missing":["x"]}""",
        ["POST /v1/certificate_authorities/{ca_id}/pkcs12"] = """{"pkcs12":"eA==","password":"x"}""",
        ["POST /v1/organizations/federation_issuers/{id}/kill"] = """{"issuer":true,"reason":"x"}""",
        ["POST /v1/organizations/federation_issuers/{id}/unkill"] = """{"issuer":true,"reason":"x"}""",
        ["POST /v1/organizations/federation_rules/{id}/replay"] = """{"changes":{}}""",
        ["POST /v1/organizations/federation_rules/{id}/workspaces"] = """{"workspace_id":"{workspace}"}""",
        ["POST /v1/organizations/service_accounts/{id}/workspaces"] =
            """{"workspace_id":"{workspace}","workspace_role":"workspace_user"}""",
        ["POST /v1/organizations/workspaces/{workspace}/service_accounts"] =
            """{"service_account_id":"{account}","workspace_role":"workspace_user"}""",
        ["POST /v1/organizations/workspaces/{workspace}/service_accounts/{id}"] =
            """{"workspace_role":"workspace_user"}""",
        ["POST /v1/tunnels/{tunnel_id}/certificates"] = """{"ca_certificate_pem":"x"}""",
        ["POST /v1/tunnels/{tunnel_id}/certificates/{certificate_id}/confirm"] =
            $$"""{"fingerprint":"{{new string('a', 64)}}"}""",
        ["POST /v1/tunnels/{tunnel_id}/client_certificate_authorities"] =
            """{"ca_certificate_pem":"x","identities":["dns:a.example.com"]}""",
        ["POST /v1/tunnels/{tunnel_id}/hostnames"] = """{"name":"mcp.example.com"}""",
        ["POST /v1/tunnels/{tunnel_id}/certificates/{certificate_id}/revocation_list"] = """{"crl":"x"}""",
        ["POST /v1/tunnels/{tunnel_id}/relying_parties/{relying_party_id}/acknowledge"] = """{"epoch":1}""",
        ["POST /v1/tunnels/{tunnel_id}/relying_parties"] = """{"name":"x"}""",
        ["POST /v1/tunnels/{tunnel_id}/trust_bundle/acknowledgements"] = """{"epoch":1}""",
    };

    private MachineBench bench = null!;
    private HttpClient stranger = null!;
    private string strangersId = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        bench = await MachineBench.StartAsync();
        var other = await bench.Service.Api.PostOkAsync("/v1/organizations", """{"name":"Other"}""");
        strangersId = other.Id();
        var key = await bench.Service.Api.PostOkAsync(
            "/v1/admin_keys",
            $$"""{"name":"Eve","role":"security-admin","organization_id":"{{strangersId}}"}"""
        );
        stranger = bench.Service.Client(key.Text("admin_key"));
    }

    public async ValueTask DisposeAsync()
    {
        stranger.Dispose();
        await bench.DisposeAsync();
    }

    [Fact]
    public async Task EveryEndpoint_ForTheThingsOfAnotherOrganization_AnswersAsForUnknownOnes()
    {
        var things = await ThingsAsync();
        var before = await ShownAsync(bench.Service.Api, things);
        List<string> faults = [];
        var walked = 0;
        foreach (var (method, template) in Operations())
        {
            var path = Fill(template, template, things);
            if (path == template || (method, template) == ("POST", "/v1/client_range_sets/{name}"))
            {
                continue; // names nothing; or makes a set of the caller's own, whose names are each organization's
            }

            walked++;
            var body = Fill(Bodies.GetValueOrDefault($"{method} {template}", "{}"), template, things);
            var (status, answer) = await SendAsync(method, path, body);
            if (status != HttpStatusCode.NotFound)
            {
                faults.Add($"{method} {path}: {(int)status} {answer}");
            }
        }

        faults.ShouldBeEmpty();
        walked.ShouldBeGreaterThan(80);
        (await ShownAsync(bench.Service.Api, things)).ShouldBe(before);
    }

    [Fact]
    public async Task EveryList_OfAnotherOrganization_HoldsNothingOfThis()
    {
        var things = await ThingsAsync();
        var ids = things.Values.Where(id => id.Length > 10).ToList();
        foreach (var (_, template) in Operations().Where(o => o.Method == "GET" && !o.Template.Contains('{')))
        {
            var (_, answer) = await SendAsync("GET", template, body: null);

            ids.Where(id => answer.Contains(id, StringComparison.Ordinal)).ShouldBeEmpty(template);
        }
    }

    [Fact]
    public async Task CreatedThings_OfTheOther_AreItsOwn()
    {
        var tunnel = await stranger.PostOkAsync("/v1/tunnels");

        tunnel.Text("organization_id").ShouldBe(strangersId);
        await bench.Service.Api.GetAsync($"/v1/tunnels/{tunnel.Id()}", Cancel).ShouldRefuseAsync(
            HttpStatusCode.NotFound,
            "request.not_found"
        );
        (await stranger.GetOkAsync("/v1/organizations"))
            .GetProperty("data")
            .EnumerateArray()
            .Select(organization => organization.Text("name"))
            .ShouldBe(["Other"]);
    }

    private IEnumerable<(string Method, string Template)> Operations() =>
        bench
            .Service.Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.Select(endpoint => endpoint.Metadata.GetMetadata<ApiOperation>())
            .OfType<ApiOperation>()
            .Where(operation =>
                operation.Access.Kind is AccessKind.Scope or AccessKind.AnyCredential
                && operation.Access.RequiredScope != Scopes.InstallationOperate
            )
            .Select(operation => operation.Name.Split(' '))
            .Select(name => (name[0], name[1]))
            .Where(name => name.Item2.StartsWith("/v1/", StringComparison.Ordinal));

    /// <summary>One of each kind, of the first organization, by the parameter that names it and the path before that.</summary>
    private async Task<Dictionary<string, string>> ThingsAsync()
    {
        var api = bench.Service.Api;
        var tunnel = $"/v1/tunnels/{bench.TunnelId}";
        var joined = await bench.JoinAsync(bench.AgentToken());
        var pem = JsonSerializer.Serialize(TestCertificates.Authority());
        var account = await api.PostOkAsync(
            "/v1/organizations/service_accounts",
            """{"name":"robot","organization_role":"developer"}"""
        );
        var workspace = await api.PostOkAsync("/v1/organizations/workspaces", """{"name":"mine"}""");
        var issuer = await api.PostOkAsync(
            "/v1/organizations/federation_issuers",
            """{"name":"idp","issuer_url":"https://idp.example.com","jwks":{"type":"discovery"}}"""
        );
        var rule = await api.PostOkAsync(
            "/v1/organizations/federation_rules",
            $$"""
            {"name":"rule","issuer_id":"{{issuer.Id()}}","match":{"subject_prefix":"repo:acme/app:ref:refs/heads/main"},
             "target":{"type":"service_account","service_account_id":"{{account.Id()}}"},
             "oauth_scope":"workspace:developer","workspace_id":"{{bench.WorkspaceId}}"}
            """
        );
        await api.PostOkAsync("/v1/client_range_sets/office", """{"ranges":["192.0.2.0/24"]}""");
        await api.PostOkAsync($"{tunnel}/hostnames", """{"name":"tools.example.com"}""");
        return new()
        {
            ["tunnel_id"] = bench.TunnelId,
            ["agent_id"] = joined.Enrollment.Id,
            ["account"] = account.Id(),
            ["workspace"] = workspace.Id(),
            ["federation_issuers/id"] = issuer.Id(),
            ["federation_rules/id"] = rule.Id(),
            ["service_accounts/id"] = account.Id(),
            ["version"] = "1",
            ["revocations/id"] = (
                await api.PostOkAsync(
                    "/v1/oauth/revocations",
                    $$"""{"kind":"rule","rule_id":"{{rule.Id()}}"}"""
                )
            ).Id(),
            ["admin_key_id"] = (
                await api.PostOkAsync("/v1/admin_keys", """{"name":"Alice","role":"operator"}""")
            ).Id(),
            ["ca_id"] = (
                await api.PostOkAsync(
                    "/v1/certificate_authorities",
                    $$"""{"name":"ca","tunnel_id":"{{bench.TunnelId}}","custody":"sealed"}"""
                )
            ).Id(),
            ["tunnels/certificate_id"] = (
                await api.PostOkAsync($"{tunnel}/certificates", $$"""{"ca_certificate_pem":{{pem}}}""")
            ).Id(),
            ["certificates/certificate_id"] = (await api.GetOkAsync("/v1/certificates")).GetProperty("data")[0].Id(),
            ["authority_id"] = (
                await api.PostOkAsync(
                    $"{tunnel}/client_certificate_authorities",
                    $$"""{"ca_certificate_pem":{{pem}},"identities":["dns:a.example.com"]}"""
                )
            ).Id(),
            ["relying_party_id"] = (
                await api.PostOkAsync($"{tunnel}/relying_parties", """{"name":"party"}""")
            ).Id(),
            ["client_range_sets/name"] = "office",
            ["hostnames/name"] = "tools.example.com",
            ["webhook_id"] = (
                await api.PostOkAsync("/v1/webhooks", """{"url":"https://hooks.example.com/culvert"}""")
            ).Id(),
            ["request_id"] = "req_01aaaaaaaaaaaaaaaaaaaaaa",
        };
    }

    // What its owner sees of each, to prove that nothing has changed.
    private static async Task<string> ShownAsync(HttpClient owner, Dictionary<string, string> things)
    {
        var shown = new StringBuilder();
        foreach (
            var path in (string[])
                [
                    "/v1/tunnels/{tunnel_id}",
                    "/v1/tunnels/{tunnel_id}/agents",
                    "/v1/tunnels/{tunnel_id}/certificates",
                    "/v1/tunnels/{tunnel_id}/client_certificate_authorities",
                    "/v1/tunnels/{tunnel_id}/relying_parties",
                    "/v1/tunnels/{tunnel_id}/hostnames",
                    "/v1/certificate_authorities/{ca_id}",
                    "/v1/organizations/federation_issuers/{id}",
                    "/v1/organizations/federation_rules/{id}",
                    "/v1/organizations/service_accounts/{id}",
                    "/v1/client_range_sets/{name}",
                    "/v1/webhooks/{webhook_id}",
                    "/v1/oauth/revocations",
                ]
        )
        {
            shown.AppendLine((await owner.GetOkAsync(Fill(path, path, things))).ToString());
        }

        return shown.ToString();
    }

    private static string Fill(string text, string template, Dictionary<string, string> things) =>
        Parameter()
            .Replace(
                text,
                match =>
                {
                    var name = match.Groups[1].Value;
                    return things.GetValueOrDefault(name)
                        ?? things.FirstOrDefault(thing => IsNamed(thing.Key, name, template)).Value
                        ?? match.Value;
                }
            );

    // `hostnames/name` is the name in a path below hostnames.
    private static bool IsNamed(string key, string name, string template) =>
        key.EndsWith("/" + name, StringComparison.Ordinal)
        && template.Contains("/" + key.Split('/')[0] + "/", StringComparison.Ordinal);

    private async Task<(HttpStatusCode Status, string Answer)> SendAsync(string method, string path, string? body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        if (method == "POST")
        {
            request.Content = new StringContent(body ?? "{}", Encoding.UTF8, "application/json");
        }

        using var response = await stranger.SendAsync(request, Cancel);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Cancel));
    }

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Parameter();
}

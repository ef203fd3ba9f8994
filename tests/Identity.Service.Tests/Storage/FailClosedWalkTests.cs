using System.Net;
using System.Text;
using System.Text.Json;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Storage;

/// <summary>S13: no endpoint that changes something says so before its record is committed.</summary>
public sealed class FailClosedWalkTests
{
    // They answer although nothing can be written, because they write nothing.
    private static readonly string[] Readers =
    [
        "POST /v1/organizations/federation_rules/lint",
        "POST /v1/organizations/federation_rules/simulate",
        "POST /v1/organizations/federation_rules/{id}/replay",
    ];

    // The things are in the state that these bring about.
    private static readonly string[] Done =
    [
        "POST /v1/certificate_authorities/{ca_id}/key",
        "POST /v1/organizations/federation_rules/{id}/workspaces",
        "POST /v1/tunnels/{tunnel_id}/resume",
    ];

    private static readonly string Pem = JsonSerializer.Serialize(TestCertificates.Authority("Another Root"));

    private const string Developer = """{"workspace_id":"{workspace}","workspace_role":"workspace_developer"}""";

    private static readonly Dictionary<string, string> Bodies = new()
    {
        ["POST /v1/certificates/revoke"] =
            """{"certificate_id":"{certificates/certificate_id}","reason":"keyCompromise"}""",
        ["POST /v1/organizations/federation_rules"] = """
            {"name":"other","issuer_id":"{federation_issuers/id}","match":{"subject_prefix":"repo:acme/app:ref:x"},
             "target":{"type":"service_account","service_account_id":"{account}"},
             "oauth_scope":"workspace:developer","workspace_id":"{workspace}"}
            """,
        ["POST /v1/tunnels/{tunnel_id}/certificates"] = $$"""{"ca_certificate_pem":{{Pem}}}""",
        ["POST /v1/tunnels/{tunnel_id}/client_certificate_authorities"] =
            $$"""{"ca_certificate_pem":{{Pem}},"identities":["dns:b.example.com"]}""",
        ["POST /v1/admin_keys"] = """{"name":"Bob","role":"operator"}""",
        ["POST /v1/certificate_authorities"] = """{"name":"second","tunnel_id":"{tunnel_id}","custody":"sealed"}""",
        ["POST /v1/client_range_sets/{name}"] = """{"ranges":["198.51.100.0/24"]}""",
        ["POST /v1/oauth/clients"] = """{"name":"Other","redirect_uris":["http://127.0.0.1/cb"]}""",
        ["POST /v1/oauth/clients/{client_id}"] = """{"require_dpop":true}""",
        ["POST /v1/oauth/revocations"] = """{"kind":"issued_before"}""",
        ["POST /v1/organizations/federation_issuers"] =
            """{"name":"other","issuer_url":"https://other.example.com","jwks":{"type":"discovery"}}""",
        ["POST /v1/organizations/federation_issuers/{id}"] = """{"max_jwt_lifetime_seconds":600}""",
        ["POST /v1/organizations/federation_rules/{id}"] = """{"description":"said why"}""",
        ["POST /v1/organizations/service_accounts"] = """{"name":"other","organization_role":"developer"}""",
        ["POST /v1/organizations/service_accounts/{id}"] = """{"description":"said why"}""",
        ["POST /v1/organizations/service_accounts/{id}/workspaces"] = Developer,
        ["POST /v1/organizations/workspaces/{workspace}/service_accounts"] =
            """{"service_account_id":"{account}","workspace_role":"workspace_developer"}""",
        ["POST /v1/organizations/workspaces/{workspace}/service_accounts/{id}"] =
            """{"workspace_role":"workspace_developer"}""",
        ["POST /v1/organizations/workspaces"] = """{"name":"other"}""",
        ["POST /v1/tunnels/{tunnel_id}"] = """{"display_name":"other"}""",
        ["POST /v1/webhooks"] = """{"url":"https://hooks.example.com/other"}""",
    };

    [Fact]
    public async Task EveryChange_WhoseRecordCannotBeCommitted_IsNotSaidToBeDone()
    {
        await using var bench = await MachineBench.StartAsync(configure: services =>
            services
                .AddSingleton(provider => new BreakingJournal(provider.GetRequiredService<Journal>()))
                .AddSingleton<IJournal>(provider => provider.GetRequiredService<BreakingJournal>())
        );
        var things = await OneOfEach.MakeAsync(bench);
        foreach (var member in (string[])["service_accounts", "federation_rules"])
        {
            var path = $"/v1/organizations/{member}/{{id}}/workspaces";
            await bench.Service.Api.PostOkAsync(
                OneOfEach.Fill(path, path, things),
                OneOfEach.Body("POST", path, things)
            );
        }

        bench.Service.Get<BreakingJournal>().IsBroken = true;
        List<string> done = [];
        List<string> refused = [];
        foreach (
            var (method, template) in OneOfEach
                .Operations(bench.Service)
                .Where(operation => operation.Method != "GET")
                .Where(operation => !Readers.Concat(Done).Contains($"{operation.Method} {operation.Template}"))
        )
        {
            var (status, answer) = await SendAsync(bench, method, template, things);
            if ((int)status < 300)
            {
                done.Add($"{method} {template}: {answer}");
            }

            if (status == HttpStatusCode.ServiceUnavailable)
            {
                refused.Add($"{method} {template}");
            }
        }

        done.ShouldBeEmpty();
        // The others refused before they would have written; commands of authorities have tests of their own.
        refused.Count.ShouldBeGreaterThan(32);
    }

    private static async Task<(HttpStatusCode, string)> SendAsync(
        MachineBench bench,
        string method,
        string template,
        Dictionary<string, string> things
    )
    {
        var path = OneOfEach.Fill(template, template, things);
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        if (method == "POST")
        {
            var body = Bodies.TryGetValue($"{method} {template}", out var own)
                ? OneOfEach.Fill(own, template, things)
                : OneOfEach.Body(method, template, things);
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        using var response = await bench.Service.Api.SendAsync(request, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}

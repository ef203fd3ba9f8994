using System.Text.Json;
using System.Text.RegularExpressions;
using Culvert.Identity.Service.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>One thing of each kind that an organization has, for walks over every endpoint.</summary>
internal static partial class OneOfEach
{
    // A body that the endpoint takes as far as the thing that its path names; {} for all others.
    private static readonly Dictionary<string, string> Bodies = new()
    {
        ["POST /v1/connections"] = WriteConnection("{tunnel_id}", "x"),
        ["POST /v1/organizations/federation_rules/{id}/approve"] = """{"version":1}""",
        ["POST /v1/organizations/federation_rules/{id}/reject"] = """{"version":1}""",
        ["POST /v1/certificate_authorities/{ca_id}/approve"] = $$"""{"fingerprint":"{{new string('a', 64)}}"}""",
        ["POST /v1/certificate_authorities/{ca_id}/chain"] =
            $$"""{"chain_pem":"x","fingerprint":"{{new string('a', 64)}}"}""",
        ["POST /v1/certificate_authorities/{ca_id}/override"] = """{"reason":"x","missing":["x"]}""",
        ["POST /v1/certificate_authorities/{ca_id}/pkcs12"] = """{"pkcs12":"eA==","password":"x"}""",
        ["POST /v1/organizations/federation_issuers/{id}/kill"] = """{"issuer":true,"reason":"x"}""",
        ["POST /v1/organizations/federation_issuers/{id}/scim"] = """{"subject_attribute":"user_name"}""",
        ["POST /v1/organizations/federation_issuers/{id}/unkill"] = """{"issuer":true,"reason":"x"}""",
        ["POST /v1/organizations/federation_issuers/{id}/signals"] =
            """{"transmitter_issuer":"https://idp.example.com","jwks_uri":"https://idp.example.com/keys"}""",
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
        ["POST /v1/tunnels/{tunnel_id}/policies"] = """{"hostname":"x","text":"mode: enforce"}""",
        ["POST /v1/tunnels/{tunnel_id}/policies/rollback"] = """{"hostname":"x"}""",
        ["POST /v1/tunnels/{tunnel_id}/routes/{route}"] = """{"owner":"x"}""",
        ["POST /v1/tunnels/{tunnel_id}/trust_bundle/acknowledgements"] = """{"epoch":1}""",
    };

    /// <summary>What an administrator of one organization may call, by method and path template.</summary>
    public static IEnumerable<(string Method, string Template)> Operations(ServiceUnderTest service) =>
        service
            .Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.Select(endpoint => endpoint.Metadata.GetMetadata<Operation>())
            .OfType<Operation>()
            .Where(operation =>
                operation.Access.Kind is AccessKind.Scope or AccessKind.AnyCredential
                && operation.Access.RequiredScope != Scopes.InstallationOperate
            )
            .Select(operation => operation.Name.Split(' '))
            .Select(name => (name[0], name[1]))
            .Where(name => name.Item2.StartsWith("/v1/", StringComparison.Ordinal));

    /// <summary>One of each kind, of the first organization, by the parameter that names it and the path before that.</summary>
    public static async Task<Dictionary<string, string>> MakeAsync(MachineBench bench)
    {
        var api = bench.Service.Api;
        var tunnel = $"/v1/tunnels/{bench.TunnelId}";
        var joined = await bench.JoinAsync(bench.AgentToken());
        var pem = JsonSerializer.Serialize(TestCertificates.Authority(now: bench.Service.Time.GetUtcNow()));
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
        await api.PostOkAsync(
            $"/v1/organizations/federation_issuers/{issuer.Id()}/signals",
            Bodies["POST /v1/organizations/federation_issuers/{id}/signals"]
        );
        await api.PostOkAsync("/v1/client_range_sets/office", """{"ranges":["192.0.2.0/24"]}""");
        await api.PostOkAsync($"{tunnel}/hostnames", """{"name":"tools.example.com"}""");
        var domain = (await api.GetOkAsync(tunnel)).Text("domain");
        var policy = await api.PostOkAsync(
            $"{tunnel}/policies",
            $$"""{"hostname":"docs.{{domain}}","text":"mode: enforce"}"""
        );
        var approval = await joined.Machine.PostOkAsync("/v1/agent/approvals", WriteApproval('a'));
        return new()
        {
            ["approval_id"] = approval.Id(),
            ["policy_id"] = policy.Id(),
            ["tunnel_id"] = bench.TunnelId,
            ["agent_id"] = joined.Enrollment.Id,
            ["account"] = account.Id(),
            ["workspace"] = workspace.Id(),
            ["federation_issuers/id"] = issuer.Id(),
            ["federation_rules/id"] = rule.Id(),
            ["service_accounts/id"] = account.Id(),
            ["version"] = "1",
            ["revocations/id"] = (
                await api.PostOkAsync("/v1/oauth/revocations", $$"""{"kind":"rule","rule_id":"{{rule.Id()}}"}""")
            ).Id(),
            ["admin_key_id"] = (await api.PostOkAsync("/v1/admin_keys", """{"name":"Alice","role":"operator"}""")).Id(),
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
            ["relying_party_id"] = (await api.PostOkAsync($"{tunnel}/relying_parties", """{"name":"party"}""")).Id(),
            ["client_range_sets/name"] = "office",
            ["hostnames/name"] = "tools.example.com",
            ["client_id"] = (
                await api.PostOkAsync(
                    "/v1/oauth/clients",
                    """{"name":"Client","redirect_uris":["http://127.0.0.1/cb"]}"""
                )
            ).Id(),
            ["connection_id"] = (
                await api.PostOkAsync("/v1/connections", WriteConnection(bench.TunnelId, "docs"))
            ).Id(),
            ["webhook_id"] = (
                await api.PostOkAsync("/v1/webhooks", """{"url":"https://hooks.example.com/culvert"}""")
            ).Id(),
            ["request_id"] = "req_01aaaaaaaaaaaaaaaaaaaaaa",
        };
    }

    private static string WriteConnection(string tunnelId, string route) =>
        $$"""
            {"tunnel_id":"{{tunnelId}}","route":"{{route}}","display_name":"Vendor","client_id":"culvert","scopes":[],
             "authorization_endpoint":"https://vendor.example.com/authorize","token_endpoint":"https://vendor.example.com/token"}
            """;

    /// <summary>An agent's request for the approval of a call; each letter is another call.</summary>
    public static string WriteApproval(char letter)
    {
        var binding = new string(letter, 64);
        return $$"""
            {"binding":"{{binding}}","route":"docs","hostname":"docs.test","method":"tools/call","kind":"tool",
             "name":"pay","rule":"pay","issuer":"","subject":"","client_id":"","policy_version":"1","pin":"","approvers":1,
             "expires_in":900,"arguments":[]}
            """;
    }

    /// <summary>A body that the endpoint takes as far as the thing that its path names.</summary>
    public static string Body(string method, string template, Dictionary<string, string> things) =>
        Fill(Bodies.GetValueOrDefault($"{method} {template}", "{}"), template, things);

    /// <summary>A path or body with the ids of these things in the place of its parameters.</summary>
    public static string Fill(string text, string template, Dictionary<string, string> things) =>
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

    [GeneratedRegex(@"\{([\w/]+)\}")]
    private static partial Regex Parameter();
}

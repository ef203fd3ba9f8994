using System.Net;
using System.Text.Json;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Http;

/// <summary>Every list and search of the API is limited per caller, is read by page, or has a bounded cost.</summary>
public sealed class CostlyReadTests
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    /// <summary>They read or compare much: <c>limits.costly_per_caller</c>.</summary>
    private static readonly Dictionary<string, string> Limited = new()
    {
        ["/v1/search"] = "?q=docs",
        ["/v1/tokens"] = $"?principal={ServiceAccountId.New().Value}",
        ["/v1/audit/export"] = "",
        ["/v1/certificates/export"] = "",
        ["/v1/inventory/routes/export"] = "",
    };

    /// <summary>Without pages: one object or document, or a list whose length a limit bounds.</summary>
    private static readonly string[] Bounded =
    [
        "/.well-known/oauth-authorization-server",
        "/.well-known/oauth-protected-resource",
        "/.well-known/openid-configuration",
        "/.well-known/ssf-configuration/oauth/{organization_id}",
        "/healthz",
        "/oauth/{organization_id}/.well-known/oauth-authorization-server",
        "/oauth/{organization_id}/.well-known/openid-configuration",
        "/oauth/{organization_id}/upstreams/.well-known/openid-configuration",
        "/oauth/{organization_id}/upstreams/jwks",
        "/v1/admin_keys",
        "/v1/agent/feed",
        "/v1/audit/checkpoint",
        "/v1/certificate_authorities/{ca_id}/csr",
        "/v1/certificate_authorities/{ca_id}/rotation",
        "/v1/certificates/forecast",
        "/v1/certificates/renewal",
        "/v1/client_range_sets",
        "/v1/clock",
        "/v1/edge/feed",
        "/v1/inventory/days",
        "/v1/jobs",
        "/v1/oauth/jwks",
        "/v1/oauth/signing_keys",
        "/v1/openapi.json",
        "/v1/organizations",
        "/v1/organizations/current",
        "/v1/organizations/federation_issuers/{id}/scim",
        "/v1/organizations/federation_issuers/{id}/signals",
        "/v1/organizations/federation_presets",
        "/v1/organizations/federation_rules/{id}/workspaces",
        "/v1/organizations/workspaces",
        "/v1/platform_ca",
        "/v1/platform_ca/roots",
        "/v1/transparency",
        "/v1/transparency/checkpoint",
        "/v1/transparency/proof/consistency",
        "/v1/transparency/proof/inclusion",
        "/v1/tunnels/{tunnel_id}/agents",
        "/v1/tunnels/{tunnel_id}/certificates/{certificate_id}/revocation_list",
        "/v1/tunnels/{tunnel_id}/hostnames",
        "/v1/tunnels/{tunnel_id}/relying_parties",
        "/v1/tunnels/{tunnel_id}/status",
        "/v1/tunnels/{tunnel_id}/traffic",
        "/v1/tunnels/{tunnel_id}/trust_bundle",
        "/v1/versions",
        "/v1/webhooks/{webhook_id}/deliveries",
    ];

    [Fact]
    public void EveryRead_IsLimitedPagedOrBounded()
    {
        using var description = JsonDocument.Parse(File.ReadAllText(CheckoutFolder.GetPath("docs/openapi.json")));

        description
            .RootElement.GetProperty("paths")
            .EnumerateObject()
            .Where(path => path.Value.TryGetProperty("get", out var get) && !IsPaged(get))
            .Select(path => path.Name)
            .Where(path => !path.EndsWith('}') && !Limited.ContainsKey(path) && !Bounded.Contains(path))
            .ShouldBeEmpty();
    }

    [Fact]
    public async Task EveryCostlyRead_BeyondTheLimitOfItsCaller_Is429()
    {
        await using var service = await ServiceUnderTest.StartAsync(options: options =>
            options with
            {
                Limits = options.Limits with { CostlyPerCaller = new RateLimit(1, Window) },
            }
        );
        foreach (var (path, query) in Limited)
        {
            service.Time.Advance(Window); // some of them are of one kind
            using (var first = await service.Api.GetAsync(path + query, TestContext.Current.CancellationToken))
            {
                first.StatusCode.ShouldBe(HttpStatusCode.OK, path);
            }

            await service
                .Api.GetAsync(path + query, TestContext.Current.CancellationToken)
                .ShouldRefuseAsync(HttpStatusCode.TooManyRequests, "request.rate_limited");
        }
    }

    // An id is looked up in an index, and people follow many.
    [Fact]
    public async Task Search_ForAnId_IsNotLimited()
    {
        await using var service = await ServiceUnderTest.StartAsync(options: options =>
            options with
            {
                Limits = options.Limits with { CostlyPerCaller = new RateLimit(1, Window) },
            }
        );
        var tunnel = await service.Api.PostOkAsync("/v1/tunnels", """{"display_name":"docs"}""");
        for (var i = 0; i < 3; i++)
        {
            await service.Api.GetOkAsync($"/v1/search?q={tunnel.Id()}");
        }
    }

    private static bool IsPaged(JsonElement operation) =>
        operation.TryGetProperty("parameters", out var parameters)
        && parameters
            .EnumerateArray()
            .Any(one => one.TryGetProperty("name", out var name) && name.GetString() == "page");
}

using System.Net;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Federation.Exchange;

public sealed class TokenEndpointTests
{
    [Fact]
    public async Task Post_GoodAssertion_GrantsUsableToken()
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync();

        using var response = await service.ExchangeAsync(rule, service.Token());

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Header("Cache-Control").ShouldBe("no-store");
        response.Header("anthropic-organization-id").ShouldBe(service.OrganizationId);
        response.Header("anthropic-workspace-id").ShouldBe(service.WorkspaceId);
        var body = await response.JsonAsync();
        body.Text("token_type").ShouldBe("Bearer");
        body.Text("scope").ShouldBe("workspace:manage_tunnels");
        body.GetProperty("expires_in").GetInt32().ShouldBe(600);
        using var client = service.Service.Client(body.Text("access_token"));
        using var used = await client.GetAsync("/v1/organizations/current", TestContext.Current.CancellationToken);
        used.StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}

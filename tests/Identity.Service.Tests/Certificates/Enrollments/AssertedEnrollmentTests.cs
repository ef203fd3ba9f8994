using System.Net;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Certificates.Enrollments;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Platform.Certificates;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.Enrollments;

/// <summary>Both enrolments with the identity provider's token in the body: exchange and enrolment in one request.</summary>
public sealed class AssertedEnrollmentTests : IAsyncLifetime
{
    private const string Agents = "/v1/agent/enrollments";
    private const string Edges = "/v1/edge/enrollments";

    private FederatedService federated = null!;
    private string tunnelId = "";

    public async ValueTask InitializeAsync()
    {
        federated = await FederatedService.StartAsync();
        tunnelId = (await federated.Service.Api.PostOkAsync("/v1/tunnels", "{}")).Id();
    }

    public ValueTask DisposeAsync() => federated.DisposeAsync();

    [Fact]
    public async Task Agent_ByAssertion_IsTheSameMachineAsByToken()
    {
        var rule = await AgentRuleAsync();

        using var first = await PostAsync(Agents, AgentBody(), rule, federated.Token());
        using var client = federated.Service.Client(await federated.AccessTokenAsync(rule));
        using var second = await client.PostAsync(Agents, AgentBody().ToJsonString());

        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        second.StatusCode.ShouldBe(HttpStatusCode.OK);
        var enrolled = await first.JsonAsync();
        (await second.JsonAsync()).Text("id").ShouldBe(enrolled.Text("id"));
        enrolled.Text("spiffe_id").ShouldEndWith("/agent/one");
    }

    [Fact]
    public async Task Agent_RuleArchivedAfterwards_IsRevoked()
    {
        var rule = await AgentRuleAsync();
        using var enrolled = await PostAsync(Agents, AgentBody(), rule, federated.Token());
        var serial = (await enrolled.JsonAsync()).GetProperty("certificate").Text("serial");

        await federated.Service.Api.PostOkAsync($"{FederatedService.Rules}/{rule}/archive");

        var revoked = await federated.Service.Get<IRevokedMachines>().ListAsync(TestContext.Current.CancellationToken);
        revoked.Serials.ShouldBe([serial!]);
    }

    [Theory]
    [InlineData("scope", HttpStatusCode.Forbidden, "auth.scope")]
    [InlineData("tunnel", HttpStatusCode.Forbidden, "enrolment.tunnel")]
    [InlineData("taken", HttpStatusCode.Conflict, "instance.taken")]
    public async Task Agent_RefusedAfterTheExchange_UsesTheAssertion(string what, HttpStatusCode status, string code)
    {
        var rule = what == "scope" ? await federated.RuleAsync() : await AgentRuleAsync();
        var body = AgentBody();
        if (what == "tunnel")
        {
            body["tunnel_id"] = (await federated.Service.Api.PostOkAsync("/v1/tunnels", "{}")).Id();
        }
        else if (what == "taken")
        {
            using var other = await PostAsync(Agents, AgentBody(), await AgentRuleAsync(), federated.Token());
            other.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        var assertion = federated.Token();
        using var response = await PostAsync(Agents, body, rule, assertion);

        response.StatusCode.ShouldBe(status);
        (await response.ErrorCodeAsync()).ShouldBe(code);
        (await federated.HistoryOfAsync(response.Header("request-id")!))!.Value.Text("decision").ShouldBe("granted");
        (await federated.DenialAsync(rule, assertion)).ShouldBe("jti_reused");
    }

    [Fact]
    public async Task Agent_AssertionUsedBefore_IsDenied()
    {
        var rule = await AgentRuleAsync();
        var assertion = federated.Token();
        using var granted = await federated.ExchangeAsync(rule, assertion);
        granted.StatusCode.ShouldBe(HttpStatusCode.OK);

        await PostAsync(Agents, AgentBody(), rule, assertion)
            .ShouldRefuseAsync(HttpStatusCode.Unauthorized, "exchange.failed");
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Edge_ByAssertion_IsEnrolledOnce()
    {
        var registered = new JsonObject { ["name"] = "edge", ["addresses"] = new JsonArray("edge.test:7844") };
        var edge = (await federated.CreateAsync("/v1/edges", registered)).Id();
        var rule = await federated.RuleAsync(wanted =>
        {
            wanted["oauth_scope"] = "edge:serve";
            wanted["edge_ids"] = new JsonArray(edge);
        });
        var assertion = federated.Token();

        using var enrolled = await PostAsync(Edges, EdgeBody(edge), rule, assertion);

        enrolled.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await enrolled.JsonAsync()).Text("id").ShouldBe(edge);
        await PostAsync(Edges, EdgeBody(edge), rule, assertion)
            .ShouldRefuseAsync(HttpStatusCode.Unauthorized, "exchange.failed");
        await PostAsync(Edges, EdgeBody("edge_010000000000000000000000"), rule, federated.Token())
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "enrolment.edge");
    }

    [Theory]
    [InlineData(Agents)]
    [InlineData(Edges)]
    public async Task Enrolment_WithoutCredentialAndAssertion_LacksACredential(string path) =>
        await federated.PostAnonymousAsync(path, "{}").ShouldRefuseAsync(HttpStatusCode.Unauthorized, "auth.missing");

    [Theory]
    [InlineData(Agents)]
    [InlineData(Edges)]
    public async Task Enrolment_WithCredentialAndAssertion_IsRefused(string path)
    {
        var rule = await AgentRuleAsync();
        using var client = federated.Service.Client(await federated.AccessTokenAsync(rule));
        var body = path == Agents ? AgentBody() : EdgeBody("edge_010000000000000000000000");
        AddAssertion(body, rule, federated.Token());

        await client
            .PostAsync(path, body.ToJsonString())
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");
    }

    private Task<string> AgentRuleAsync() =>
        federated.RuleAsync(body =>
        {
            body["oauth_scope"] = "tunnel:agent";
            body["tunnel_ids"] = new JsonArray(tunnelId);
        });

    private JsonObject AgentBody()
    {
        using var key = CertificateRequests.NewKey();
        return new JsonObject
        {
            ["tunnel_id"] = tunnelId,
            ["instance_id"] = "one",
            ["csr"] = CertificateRequests.Create(key),
        };
    }

    private static JsonObject EdgeBody(string edge)
    {
        using var key = CertificateRequests.NewKey();
        return new JsonObject { ["edge_id"] = edge, ["csr"] = CertificateRequests.Create(key) };
    }

    private Task<HttpResponseMessage> PostAsync(string path, JsonObject body, string rule, string assertion)
    {
        AddAssertion(body, rule, assertion);
        return federated.PostAnonymousAsync(path, body.ToJsonString());
    }

    private void AddAssertion(JsonObject body, string rule, string assertion)
    {
        body["assertion"] = assertion;
        body["federation_rule_id"] = rule;
        body["organization_id"] = federated.OrganizationId;
    }
}

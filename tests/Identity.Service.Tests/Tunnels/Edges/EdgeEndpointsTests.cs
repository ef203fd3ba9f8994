using System.Net;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tests.Machines;
using Culvert.Identity.Service.Tokens;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Tunnels.Edges;

public sealed class EdgeEndpointsTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Create_Valid_IsListedAndFound()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        var id = await FeedTests.CreateEdgeAsync(service);

        var edge = await service.Api.GetOkAsync("/v1/edges/" + id);

        edge.Text("type").ShouldBe("edge");
        edge.Text("name").ShouldBe("edge-1");
        edge.GetProperty("public_port").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        (await service.Api.GetOkAsync("/v1/edges")).GetProperty("data")[0].ToString().ShouldBe(edge.ToString());
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Create_NameOfALiveEdge_IsConflictUntilThatIsArchived()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        var id = await FeedTests.CreateEdgeAsync(service);
        const string Same = """{"name":"edge-1","addresses":["e:1"]}""";

        await service.Api.PostAsync("/v1/edges", Same).ShouldRefuseAsync(HttpStatusCode.Conflict, "edge.name_taken");
        await service.Api.PostOkAsync($"/v1/edges/{id}/archive");
        await service.Api.PostOkAsync("/v1/edges", Same);
    }

    [Theory]
    [InlineData("""{"name":"Edge","addresses":["e:1"]}""")]
    [InlineData("""{"name":"","addresses":["e:1"]}""")]
    [InlineData("""{"name":"e\n","addresses":["e:1"]}""")]
    [InlineData("""{"name":"e","addresses":[]}""")]
    [InlineData("""{"name":"e","addresses":[null]}""")]
    [InlineData("""{"name":"e","addresses":["e"]}""")]
    [InlineData("""{"name":"e","addresses":["e:0"]}""")]
    [InlineData("""{"name":"e","addresses":["e:65536"]}""")]
    [InlineData("""{"name":"e","addresses":["E:1"]}""")]
    [InlineData("""{"name":"e","addresses":["::1:1"]}""")]
    [InlineData("""{"name":"e","addresses":["e:1","e:1"]}""")]
    [InlineData("""{"name":"e","addresses":["e:1"],"dns_names":["*.example.com"]}""")]
    [InlineData("""{"name":"e","addresses":["e:1"],"dns_names":["10.0.0.1"]}""")]
    [InlineData("""{"name":"e","addresses":["e:1"],"dns_names":["example.com."]}""")]
    [InlineData("""{"name":"e","addresses":["e:1"],"port":1}""")]
    [InlineData("""{"name":"e"}""")]
    public async Task Create_Bad_IsRefused(string body)
    {
        await using var service = await ServiceUnderTest.StartAsync();

        await service.Api.PostAsync("/v1/edges", body).ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");
    }

    [Theory]
    [InlineData("[::1]:7844")]
    [InlineData("127.0.0.1:7844")]
    [InlineData("localhost:65535")]
    public async Task Create_Address_IsAccepted(string address)
    {
        await using var service = await ServiceUnderTest.StartAsync();

        await service.Api.PostOkAsync("/v1/edges", $$"""{"name":"e","addresses":["{{address}}"]}""");
    }

    [Fact]
    public async Task Any_WithoutInstallationOperate_Is403()
    {
        var tokens = new ScriptedTokens();
        await using var service = await ServiceUnderTest.StartAsync(s => s.AddSingleton<IAccessTokenValidator>(tokens));
        var organization = (await service.Api.GetOkAsync("/v1/organizations/current")).Id();
        using var client = service.Client(tokens.Add(organization, null, Scopes.OrganizationAdmin));

        await client.GetAsync("/v1/edges", Cancel).ShouldRefuseAsync(HttpStatusCode.Forbidden, "auth.scope");
        await client.PostAsync("/v1/edges", "{}").ShouldRefuseAsync(HttpStatusCode.Forbidden, "auth.scope");
    }
}

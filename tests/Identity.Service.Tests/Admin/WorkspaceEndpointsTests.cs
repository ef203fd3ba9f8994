using System.Net;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Admin;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Admin;

public sealed class WorkspaceEndpointsTests : IAsyncLifetime
{
    private const string Path = "/v1/organizations/workspaces";

    private FederatedService service = null!;

    public async ValueTask InitializeAsync() => service = await FederatedService.StartAsync();

    public async ValueTask DisposeAsync() => await service.DisposeAsync();

    [Fact]
    public async Task Create_Workspace_IsListedAndRead()
    {
        var created = await service.CreateAsync(Path, new JsonObject { ["name"] = "Payments" });

        created.Text("id").ShouldStartWith("wrkspc_01");
        created.Text("type").ShouldBe("workspace");
        created.GetProperty("is_default").GetBoolean().ShouldBeFalse();
        (await service.GetAsync($"{Path}/{created.Text("id")}")).ToString().ShouldBe(created.ToString());
        (await service.GetAsync(Path))
            .GetProperty("data")
            .EnumerateArray()
            .Select(w => w.Text("name"))
            .ShouldBe(["Payments", "Default"], ignoreOrder: true);
    }

    [Fact]
    public async Task Create_SameName_Conflicts()
    {
        await service.CreateAsync(Path, new JsonObject { ["name"] = "Payments" });

        await service
            .PostAsync(Path, new JsonObject { ["name"] = "Payments" })
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "workspace.name_taken");
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("a\tb")]
    public async Task Create_BadName_IsRefused(string name) =>
        await service
            .PostAsync(Path, new JsonObject { ["name"] = name })
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");

    [Fact]
    public async Task Create_BeyondTheLimit_IsRefused()
    {
        for (var i = 1; i < WorkspaceEndpoints.MaxWorkspaces; i++)
        {
            await service.NewWorkspaceAsync();
        }

        await service
            .PostAsync(Path, new JsonObject { ["name"] = "one too many" })
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "workspace.limit");
    }

    [Fact]
    public async Task Get_Unknown_IsNotFound()
    {
        using var response = await service.Service.Api.GetAsync(
            $"{Path}/wrkspc_0100000000000000000000aa",
            TestContext.Current.CancellationToken
        );

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }
}

using System.Net;
using System.Text.Json;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tokens.Revocations;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Admin;

public sealed class OrganizationEndpointsTests : IAsyncLifetime
{
    private const string Path = "/v1/organizations";

    private ServiceUnderTest service = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => service = await ServiceUnderTest.StartAsync();

    public async ValueTask DisposeAsync() => await service.DisposeAsync();

    [Fact]
    public async Task Create_HasItsWorkspaceAndIsAudited()
    {
        var made = await service.Api.PostOkAsync(Path, """{"name":" Beta "}""");

        made.Text("name").ShouldBe("Beta");
        made.GetProperty("archived_at").ValueKind.ShouldBe(JsonValueKind.Null);
        using var admin = await AdminAsync(made.Id());
        (await admin.GetOkAsync("/v1/organizations/current")).Id().ShouldBe(made.Id());
        (await admin.GetOkAsync("/v1/organizations/workspaces"))
            .GetProperty("data")
            .EnumerateArray()
            .Select(workspace => workspace.Text("name"))
            .ShouldBe(["Default"]);
        (await EventsAsync(admin)).ShouldContain("organization_created");
        (await service.Api.GetOkAsync(Path)).GetProperty("data").GetArrayLength().ShouldBe(2);
    }

    [Theory]
    [InlineData("""{"name":""}""", 400, "request.invalid")]
    [InlineData("""{"name":"a\u0007b"}""", 400, "request.invalid")]
    [InlineData("""{"name":"Beta"}""", 409, "organization.name_taken")]
    public async Task Create_BadName_IsRefused(string body, int status, string code)
    {
        await service.Api.PostOkAsync(Path, """{"name":"Beta"}""");

        await service.Api.PostAsync(Path, body).ShouldRefuseAsync((HttpStatusCode)status, code);
    }

    [Fact]
    public async Task CreateAndArchive_ByASecurityAdmin_AreForbidden()
    {
        var made = await service.Api.PostOkAsync(Path, """{"name":"Beta"}""");
        using var admin = await AdminAsync(made.Id());

        await admin.PostAsync(Path, """{"name":"Gamma"}""").ShouldRefuseAsync(HttpStatusCode.Forbidden, "auth.scope");
        await admin
            .PostAsync($"{Path}/{made.Id()}/archive", "{}")
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "auth.scope");
    }

    [Theory]
    [InlineData("nobody", "operator", 400, "request.invalid")]
    [InlineData("BETA", "installation-operator", 400, "request.invalid")]
    public async Task AdminKey_OfAnotherOrganization_IsBounded(
        string organization,
        string role,
        int status,
        string code
    )
    {
        var made = await service.Api.PostOkAsync(Path, """{"name":"Beta"}""");
        var id = organization == "BETA" ? made.Id() : organization;

        await service
            .Api.PostAsync("/v1/admin_keys", $$"""{"name":"x","role":"{{role}}","organization_id":"{{id}}"}""")
            .ShouldRefuseAsync((HttpStatusCode)status, code);
    }

    [Fact]
    public async Task AdminKey_OfAnotherOrganization_BySecurityAdmin_IsAsIfThereWereNone()
    {
        var own = (await service.Api.GetOkAsync("/v1/organizations/current")).Id();
        var made = await service.Api.PostOkAsync(Path, """{"name":"Beta"}""");
        using var admin = await AdminAsync(made.Id());

        var there = await admin.PostAsync(
            "/v1/admin_keys",
            $$"""{"name":"x","role":"operator","organization_id":"{{own}}"}"""
        );
        var nowhere = await admin.PostAsync(
            "/v1/admin_keys",
            """{"name":"x","role":"operator","organization_id":"nowhere"}"""
        );

        there.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await there.ErrorCodeAsync()).ShouldBe(await nowhere.ErrorCodeAsync());
    }

    [Fact]
    public async Task Archive_EndsItsKeysAndFreesItsName()
    {
        var made = await service.Api.PostOkAsync(Path, """{"name":"Beta"}""");
        using var admin = await AdminAsync(made.Id());
        var archive = $"{Path}/{made.Id()}/archive";
        var tunnel = await admin.PostOkAsync("/v1/tunnels");
        await service.Api.PostAsync(archive, "{}").ShouldRefuseAsync(HttpStatusCode.Conflict, "organization.in_use");
        await admin.PostOkAsync($"/v1/tunnels/{tunnel.Id()}/archive");

        var archived = await service.Api.PostOkAsync(archive, "{}");

        archived.Text("archived_at").ShouldNotBeEmpty();
        (await service.Api.PostOkAsync(archive, "{}")).ToString().ShouldBe(archived.ToString());
        using var refused = await admin.GetAsync("/v1/tunnels", Cancel);
        refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        await service
            .Api.PostAsync("/v1/admin_keys", $$"""{"name":"x","role":"operator","organization_id":"{{made.Id()}}"}""")
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "organization.archived");
        await service.Api.PostOkAsync(Path, """{"name":"Beta"}""");
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Archive_EndsBeforeItsTokensAreRevoked_IsDoneByTheNextRequest()
    {
        await using var breaking = await ServiceUnderTest.StartAsync(services =>
            services
                .AddSingleton(provider => new BreakingJournal(provider.GetRequiredService<Journal>()))
                .AddSingleton<IJournal>(provider => provider.GetRequiredService<BreakingJournal>())
        );
        var made = await breaking.Api.PostOkAsync(Path, """{"name":"Beta"}""");
        var archive = $"{Path}/{made.Id()}/archive";

        breaking.Get<BreakingJournal>().BreakAt(2);
        await breaking
            .Api.PostAsync(archive, "{}")
            .ShouldRefuseAsync(HttpStatusCode.ServiceUnavailable, "store.unavailable");
        breaking.Get<RevocationSet>().CountKeys(made.Id()).ShouldBe(0);
        await breaking.Api.PostOkAsync(archive, "{}");

        breaking.Get<RevocationSet>().CountKeys(made.Id()).ShouldBe(1);
    }

    [Fact]
    public async Task Archive_OwnOrUnknown_IsRefused()
    {
        var own = (await service.Api.GetOkAsync("/v1/organizations/current")).Id();

        await service
            .Api.PostAsync($"{Path}/{own}/archive", "{}")
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "organization.own");
        await service
            .Api.PostAsync($"{Path}/nobody/archive", "{}")
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
    }

    private async Task<HttpClient> AdminAsync(string organizationId)
    {
        var key = await service.Api.PostOkAsync(
            "/v1/admin_keys",
            $$"""{"name":"Bea","role":"security-admin","organization_id":"{{organizationId}}"}"""
        );
        return service.Client(key.Text("admin_key"));
    }

    private static async Task<IEnumerable<string>> EventsAsync(HttpClient client) =>
        (await client.GetOkAsync("/v1/audit"))
            .GetProperty("data")
            .EnumerateArray()
            .Select(entry => entry.GetProperty("body").Text("event"));
}

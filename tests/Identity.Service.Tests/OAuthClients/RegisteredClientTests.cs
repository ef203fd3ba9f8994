using System.Net;
using Culvert.Identity.Service.OAuthClients;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Service.Tests.OAuthClients;

[Trait(StorageTrait.Name, StorageTrait.Both)]
public sealed class RegisteredClientTests : IAsyncLifetime
{
    private const string Path = "/v1/oauth/clients";
    private const string Body = """{"name":"Editor","redirect_uris":["http://127.0.0.1/cb"]}""";

    private ServiceUnderTest service = null!;

    private Service.OAuthClients.OAuthClients Clients => service.Get<Service.OAuthClients.OAuthClients>();

    public async ValueTask InitializeAsync() => service = await ServiceUnderTest.StartAsync();

    public ValueTask DisposeAsync() => service.DisposeAsync();

    [Fact]
    public async Task Create_Client_IsFoundByItsClientId()
    {
        var created = await service.Api.PostOkAsync(Path, Body);
        var organization = await OrganizationAsync();

        var found = await Clients.FindAsync(organization, created.Id(), TestContext.Current.CancellationToken);

        created.Id().ShouldStartWith("ocl_");
        (found.Value!.Name, found.Value.Kind).ShouldBe(("Editor", OAuthClientKind.Registered));
    }

    [Fact]
    public async Task Find_ClientOfAnotherOrganization_IsUnknown()
    {
        var created = await service.Api.PostOkAsync(Path, Body);

        (
            await Clients.FindAsync("org_other", created.Id(), TestContext.Current.CancellationToken)
        ).Refusal!.Code.ShouldBe(OAuthClientErrors.Unknown);
    }

    [Theory]
    [InlineData("", "oauth_client.unknown")]
    [InlineData("editor", "oauth_client.unknown")]
    [InlineData("http://client.example.com/m", "oauth_client.unknown")]
    [InlineData("https://client.example.com/m", "oauth_client.documents_off")]
    public async Task Find_OtherClientId_IsRefused(string clientId, string code) =>
        (await Clients.FindAsync("org_1", clientId, TestContext.Current.CancellationToken)).Refusal!.Code.Code.ShouldBe(
            code
        );

    [Fact]
    public async Task Update_Client_ChangesNamedMembersAlone()
    {
        var created = await service.Api.PostOkAsync(Path, Body);

        var updated = await service.Api.PostOkAsync($"{Path}/{created.Id()}", """{"require_dpop":true}""");

        updated.GetProperty("require_dpop").GetBoolean().ShouldBeTrue();
        updated.Text("name").ShouldBe("Editor");
        updated.GetProperty("redirect_uris").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task Archive_Client_IsRefusedAfterwards()
    {
        var created = await service.Api.PostOkAsync(Path, Body);
        var archive = $"{Path}/{created.Id()}/archive";

        (await service.Api.PostOkAsync(archive)).Text("archived_at").ShouldNotBeEmpty();
        await service.Api.PostOkAsync(archive);
        (
            await Clients.FindAsync(await OrganizationAsync(), created.Id(), TestContext.Current.CancellationToken)
        ).Refusal!.Code.ShouldBe(OAuthClientErrors.Archived);
        await service
            .Api.PostAsync($"{Path}/{created.Id()}", """{"name":"Other"}""")
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "oauth_client.archived");
        (await service.Api.GetOkAsync(Path)).GetProperty("data").GetArrayLength().ShouldBe(0);
    }

    [Theory]
    [InlineData("""{"name":"","redirect_uris":["http://127.0.0.1/cb"]}""", "request.invalid")]
    [InlineData("""{"name":"Editor","redirect_uris":[]}""", "oauth_client.redirect_uri")]
    [InlineData("""{"name":"Editor","redirect_uris":[null]}""", "oauth_client.redirect_uri")]
    [InlineData("""{"name":"Editor","redirect_uris":["javascript:alert(1)"]}""", "oauth_client.redirect_uri")]
    [InlineData("""{"name":"Editor","redirect_uris":["app:/cb","app:/cb"]}""", "oauth_client.redirect_uri")]
    [InlineData("""{"name":"Editor","redirect_uris":["app:/cb"],"client_secret":"x"}""", "request.invalid")]
    public Task Create_Malformed_IsRefused(string body, string code) =>
        service.Api.PostAsync(Path, body).ShouldRefuseAsync(HttpStatusCode.BadRequest, code);

    [Fact]
    public async Task Create_MoreThanTheLimit_IsRefused()
    {
        for (var i = 0; i < OAuthClientEndpoints.MaxClients; i++)
        {
            await service.Api.PostOkAsync(Path, Body);
        }

        await service.Api.PostAsync(Path, Body).ShouldRefuseAsync(HttpStatusCode.Conflict, "oauth_client.limit");
    }

    private async Task<string> OrganizationAsync() =>
        (await service.Api.GetOkAsync("/v1/organizations")).GetProperty("data")[0].Id();
}

using System.Net;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Federation.ServiceAccounts;

public sealed class ServiceAccountEndpointsTests(FederatedServiceFixture fixture)
    : IClassFixture<FederatedServiceFixture>
{
    private FederatedService Service => fixture.Service;

    [Fact]
    public async Task Create_Account_HasDefaults()
    {
        var name = Service.NewName("account");

        var account = await Service.CreateAsync(FederatedService.Accounts, new JsonObject { ["name"] = name });

        account.Text("id").ShouldStartWith("svac_01");
        account.Text("type").ShouldBe("service_account");
        account.Text("name").ShouldBe(name);
        account.Text("organization_role").ShouldBe("developer");
        (await Service.GetAsync($"{FederatedService.Accounts}/{account.Text("id")}"))
            .ToString()
            .ShouldBe(account.ToString());
    }

    [Theory]
    [InlineData("name", "Bad")]
    [InlineData("organization_role", "owner")]
    [InlineData("email", "a@b")]
    public async Task Create_BadMember_IsRefused(string member, string value)
    {
        var body = new JsonObject { ["name"] = Service.NewName("account"), [member] = value };

        using var response = await Service.PostAsync(FederatedService.Accounts, body);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.ErrorCodeAsync()).ShouldBe("request.invalid");
    }

    [Fact]
    public async Task Update_Members_AreChangedButNotTheName()
    {
        var path = $"{FederatedService.Accounts}/{await Service.AccountAsync()}";

        var updated = await Service.CreateAsync(
            path,
            new JsonObject { ["description"] = "why", ["organization_role"] = "admin" }
        );

        updated.Text("description").ShouldBe("why");
        updated.Text("organization_role").ShouldBe("admin");
        using var rename = await Service.PostAsync(path, new JsonObject { ["name"] = "other" });
        rename.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Archive_WithLiveRule_IsRefused()
    {
        var account = await Service.AccountAsync();
        await Service.CreateAsync(FederatedService.Rules, Service.RuleBody(await Service.IssuerAsync(), account));

        using var refused = await Service.PostAsync($"{FederatedService.Accounts}/{account}/archive");

        (await refused.ErrorCodeAsync()).ShouldBe("federation.in_use");
    }

    [Fact]
    public async Task Archive_Unused_IsIdempotentAndHidesIt()
    {
        var account = await Service.AccountAsync();

        var archived = await Service.CreateAsync($"{FederatedService.Accounts}/{account}/archive");
        var again = await Service.CreateAsync($"{FederatedService.Accounts}/{account}/archive");

        again.ToString().ShouldBe(archived.ToString());
        var listed = await Service.GetAsync($"{FederatedService.Accounts}?limit=100");
        listed.GetProperty("data").EnumerateArray().ShouldNotContain(a => a.Text("id") == account);
    }
}

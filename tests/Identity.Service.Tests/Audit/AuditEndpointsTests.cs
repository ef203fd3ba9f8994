using System.Text;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tokens;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Audit;

public sealed class AuditEndpointsTests
{
    [Fact]
    public async Task List_Entry_CarriesEverythingItsDigestNeeds()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        await service.Api.PostOkAsync("/v1/tunnels");

        var entry = (await service.Api.GetOkAsync("/v1/audit?limit=1")).GetProperty("data")[0];

        entry.Text("event").ShouldBe("tunnel_created");
        entry.Text("request_id").ShouldStartWith("req_01");
        var digest = JournalChain.Digest(
            Convert.FromHexString(entry.Text("salt")),
            Encoding.UTF8.GetBytes(entry.GetProperty("body").GetRawText())
        );
        Convert.ToHexStringLower(digest).ShouldBe(entry.Text("body_digest"));
    }

    [Fact]
    public async Task List_OtherOrganization_SeesNothingOfOurs()
    {
        var tokens = new ScriptedTokens();
        await using var service = await ServiceUnderTest.StartAsync(s => s.AddSingleton<IAccessTokenValidator>(tokens));
        await service.Api.PostOkAsync("/v1/tunnels");
        using var other = service.Client(
            tokens.Add("00000000-0000-4000-8000-000000000000", null, Scopes.OrganizationAdmin)
        );

        (await other.GetOkAsync("/v1/audit")).GetProperty("data").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task List_Pages_ReachTheFirstEntry()
    {
        await using var service = await ServiceUnderTest.StartAsync();

        var all = (await service.Api.GetOkAsync("/v1/audit?limit=1000")).GetProperty("data");
        var page = await service.Api.GetOkAsync("/v1/audit?limit=1");

        all[all.GetArrayLength() - 1].Text("event").ShouldBe("installation_initialized");
        page.GetProperty("next_page").GetString().ShouldNotBeNull();
    }
}

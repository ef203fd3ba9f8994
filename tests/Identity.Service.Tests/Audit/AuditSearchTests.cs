using System.Net;
using System.Text.Json;
using Culvert.Identity.Service.Audit;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Audit;

/// <summary>The filters of <c>GET /v1/audit</c>.</summary>
[Trait(StorageTrait.Name, StorageTrait.Both)]
public sealed class AuditSearchTests : IAsyncLifetime
{
    private ServiceUnderTest service = null!;
    private string tunnel = "";
    private string other = "";
    private string key = "";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        service = await ServiceUnderTest.StartAsync();
        tunnel = (await service.Api.PostOkAsync("/v1/tunnels", """{"display_name":"docs"}""")).Id();
        service.Time.JumpTo(service.Time.GetUtcNow() + TimeSpan.FromHours(1));
        var made = await service.Api.PostOkAsync("/v1/admin_keys", """{"name":"Ada","role":"operator"}""");
        key = made.Id();
        using var ada = service.Client(made.Text("admin_key"));
        other = (await ada.PostOkAsync("/v1/tunnels", """{"display_name":"wiki"}""")).Id();
        await ada.PostOkAsync($"/v1/tunnels/{tunnel}/pause", """{"reason":"a test"}""");
    }

    public async ValueTask DisposeAsync() => await service.DisposeAsync();

    [Fact]
    public async Task List_ByEvent_HasThatEventAlone()
    {
        (await FindAsync("event=tunnel_created")).ShouldBe(["tunnel_created", "tunnel_created"]);
        (await FindAsync("event=tunnel_*")).ShouldBe(["tunnel_paused", "tunnel_created", "tunnel_created"]);
        (await FindAsync("event=platform_federated_authentication")).ShouldBeEmpty();
    }

    [Fact]
    public async Task List_ByActor_HasWhatItDid() =>
        (await FindAsync($"actor={key}")).ShouldBe(["tunnel_paused", "tunnel_created"]);

    [Fact]
    public async Task List_ByTunnelOrResource_HasWhatConcernsIt()
    {
        (await FindAsync($"tunnel_id={tunnel}")).ShouldBe(["tunnel_paused", "tunnel_created"]);
        (await FindAsync($"resource={other}")).ShouldBe(["tunnel_created"]);
        (await FindAsync($"resource={key}")).ShouldBe(["admin_key_created"]);
    }

    [Fact]
    public async Task List_ByTime_EndsBeforeUntilAndBeginsWithSince()
    {
        var hour = service.Time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");

        (await FindAsync($"event=tunnel_created&until={hour}")).ShouldBe(["tunnel_created"]);
        (await FindAsync($"event=tunnel_created&since={hour}")).ShouldBe(["tunnel_created"]);
        (await FindAsync($"actor={key}&until={hour}")).ShouldBeEmpty();
    }

    [Fact]
    public async Task List_ByRequest_HasItsEntries()
    {
        var entry = (await service.Api.GetOkAsync("/v1/audit?event=tunnel_paused")).GetProperty("data")[0];

        (await FindAsync($"request_id={entry.Text("request_id")}")).ShouldBe(["tunnel_paused"]);
        (await FindAsync("request_id=req_unknown")).ShouldBeEmpty();
    }

    [Fact]
    public async Task List_ByOutcomeAndActorType_HasBoth()
    {
        (await FindAsync("outcome=denied")).ShouldBeEmpty();
        (await FindAsync($"outcome=success&actor_type=admin_api_key&tunnel_id={other}")).ShouldBe(["tunnel_created"]);
        (await FindAsync("actor_type=host")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("event=tunnel_creatde")]
    [InlineData("event=nothing*")]
    [InlineData("outcome=maybe")]
    [InlineData("since=yesterday")]
    [InlineData("until=2026-01-31T12:00:00")]
    public async Task List_BadFilter_IsRefused(string query) =>
        await service
            .Api.GetAsync($"/v1/audit?{query}", Token)
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");

    [Fact]
    public async Task List_PagesOfAFilter_AreCompleteAndInOrder()
    {
        var all = await FindAsync("event=*&limit=1000");
        var paged = new List<string>();
        string? page = null;
        do
        {
            var answer = await service.Api.GetOkAsync($"/v1/audit?event=*&limit=2&page={page}");
            paged.AddRange(Events(answer));
            page = answer.GetProperty("next_page").GetString();
        } while (page is not null);

        paged.ShouldBe(all);
        all[^1].ShouldBe("installation_initialized");
    }

    // What is rare is found a bounded number of entries at a time, and nothing is left out.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Find_MoreEntriesThanARequestReads_ContinuesWhereItStopped(bool byActor)
    {
        var organization = (await service.Api.GetOkAsync("/v1/organizations/current")).Id();
        var search = new AuditSearch(service.Get<Database>()) { MaxSearched = 2 };
        var query = new AuditQuery
        {
            OrganizationId = organization,
            Actor = byActor ? key : null,
            Events = byActor ? null : ["platform_federated_authentication", "installation_initialized"],
        };
        var found = new List<AuditEntry>();
        var requests = 0;
        long? before = long.MaxValue;
        while (before is { } from)
        {
            var (entries, searchedTo) = await search.FindAsync(query, from, 10, Token);
            entries.Count.ShouldBeLessThanOrEqualTo(2);
            found.AddRange(entries);
            before = searchedTo;
            requests++;
        }

        requests.ShouldBeGreaterThan(2);
        found.Count.ShouldBe(byActor ? 2 : 1);
    }

    private async Task<List<string>> FindAsync(string query) =>
        Events(await service.Api.GetOkAsync($"/v1/audit?{query}"));

    private static List<string> Events(JsonElement answer) =>
        [.. answer.GetProperty("data").EnumerateArray().Select(entry => entry.GetProperty("event").GetString()!)];
}

using System.Net;
using System.Text.Json;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tunnels.Inventory;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using static Culvert.Identity.Service.Tests.Tunnels.Inventory.InventoryScene;

namespace Culvert.Identity.Service.Tests.Tunnels.Inventory;

/// <summary>Calls, denials and drifts by day.</summary>
public sealed class RouteDaysTests : IAsyncLifetime
{
    private InventoryScene scene = null!;

    private DateTimeOffset Now => scene.Service.Time.GetUtcNow();

    public async ValueTask InitializeAsync() => scene = await StartAsync();

    public ValueTask DisposeAsync() => scene.DisposeAsync();

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Report_SentTwice_CountsItsCallsOnce_OnTheDayOfTheCall()
    {
        var report = await scene.ReportAsync(
            Use("get", "docs", "\"allow\":3,\"deny\":2", Now),
            Use("put", "docs", "\"refuse\":1,\"would_deny\":4", Now),
            Use("get", "wiki", "\"allow\":5", Now.AddDays(-1))
        );
        (await SendAsync(scene.Agent, report)).ShouldBe(HttpStatusCode.NoContent); // its answer was lost
        await scene.ReportAsync(Use("get", "docs", "\"allow\":1", Now));

        var days = await GetAsync("?days=2");

        days.Text("from").ShouldBe(Day(-1));
        days.GetProperty("days").GetInt32().ShouldBe(2);
        Read(days).ShouldBe([(Day(-1), 5, 0, 0), (Day(0), 11, 3, 0)]);
        Read(await GetAsync("?route=docs")).ShouldBe([(Day(0), 11, 3, 0)]);
        Read(await GetAsync("?tunnel_id=tnl_01aaaaaaaaaaaaaaaaaaaaaa")).ShouldBeEmpty();
        Read(await GetAsync("?days=1")).ShouldBe([(Day(0), 11, 3, 0)]);
    }

    [Fact]
    public async Task Report_FromAClockThatIsAheadOrFarBehind_CountsWithinTheDaysThatAreKept()
    {
        await scene.ReportAsync(
            Use("get", "docs", "\"allow\":1", Now.AddDays(9)),
            Use("put", "docs", "\"allow\":1", Now.AddDays(-2 * RouteDayStore.MaxDays))
        );

        Read(await GetAsync($"?days={RouteDayStore.MaxDays}"))
            .ShouldBe([(Day(1 - RouteDayStore.MaxDays), 1, 0, 0), (Day(0), 1, 0, 0)]);
    }

    [Fact]
    public async Task Days_BeyondThoseThatAreKept_AreDroppedWithTheNextReport()
    {
        await scene.ReportAsync(Use("get", "docs", "\"allow\":1", Now));
        var database = scene.Service.Services.GetRequiredService<Database>();
        await using (var connection = database.OpenWrite())
        {
            await connection.ExecuteAsync(
                "UPDATE route_days SET day = day - @days",
                new { days = RouteDayStore.MaxDays }
            );
        }

        await scene.ReportAsync(Use("get", "docs", "\"allow\":2", Now));

        (await database.QueryAsync<long>("SELECT calls FROM route_days", null, default)).ShouldBe([2]);
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Drift_FoundByTwoAgents_CountsOnce()
    {
        var second = await scene.AddAgentAsync("two");
        const string Drift = """
            {"name":"docs","hostname":"docs.d.test","upstream_healthy":true,"detail":"",
             "drifts":[{"kind":"tool","name":"get","classes":"description","action":"block","observed":"aa",
                        "since":"2020-01-01T00:00:00Z"}]}
            """;
        foreach (var agent in (HttpClient[])[scene.Agent, scene.Agent, second])
        {
            (await SendAsync(agent, WriteReport("null", Drift))).ShouldBe(HttpStatusCode.NoContent);
        }

        Read(await GetAsync("")).ShouldBe([(Day(0), 0, 0, 1)]);
    }

    [Theory]
    [InlineData("?days=0")]
    [InlineData("?days=401")]
    [InlineData("?days=-1")]
    [InlineData("?days=all")]
    [InlineData("?include_archived=maybe")]
    public async Task List_WrongFilter_IsInvalid(string query) =>
        await scene
            .Api.GetAsync("/v1/inventory/days" + query)
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");

    [Fact]
    public async Task List_OfAnotherOrganization_ShowsNothing()
    {
        await scene.ReportAsync(Use("get", "docs", "\"allow\":1", Now));
        using var other = await scene.AddOrganizationAsync();

        Read(await other.GetOkAsync("/v1/inventory/days")).ShouldBeEmpty();
    }

    private Task<JsonElement> GetAsync(string query) => scene.Api.GetOkAsync("/v1/inventory/days" + query);

    private string Day(int offset) => Now.AddDays(offset).ToString("yyyy-MM-dd", null);

    private static IEnumerable<(string, long, long, long)> Read(JsonElement days) =>
        days.GetProperty("data")
            .EnumerateArray()
            .Select(day =>
                (
                    day.Text("date"),
                    day.GetProperty("calls").GetInt64(),
                    day.GetProperty("denied").GetInt64(),
                    day.GetProperty("drifts").GetInt64()
                )
            );
}

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

/// <summary>Calls, denials, durations and bytes of a tunnel by minute.</summary>
public sealed class TunnelTrafficTests : IAsyncLifetime
{
    private const string Quick = "4,0,0,0,0,0,0,0,0,0";

    private InventoryScene scene = null!;

    private DateTimeOffset Now => scene.Service.Time.GetUtcNow();

    private string Path => $"/v1/tunnels/{scene.TunnelId}/traffic";

    public async ValueTask InitializeAsync() => scene = await StartAsync();

    public ValueTask DisposeAsync() => scene.DisposeAsync();

    [Fact]
    public async Task Report_SentTwice_CountsOnce_InItsMinutes()
    {
        var report = await scene.ReportMinutesAsync(
            Minute(Now.AddMinutes(-1), 5, 1, Quick),
            Minute(Now, 2, 0, "0,0,0,0,0,0,0,0,0,2")
        );
        (await SendAsync(scene.Agent, report)).ShouldBe(HttpStatusCode.NoContent); // its answer was lost
        await scene.ReportMinutesAsync(Minute(Now, 1, 1, "0,0,0,0,0,0,0,0,0,0"));

        var traffic = await scene.Api.GetOkAsync($"{Path}?minutes=2");

        traffic.Text("type").ShouldBe("tunnel_traffic");
        traffic.GetProperty("minutes").GetInt32().ShouldBe(2);
        traffic.Text("from").ShouldBe(Text(Now.AddMinutes(-1)));
        Read(traffic)
            .ShouldBe([(Text(Now.AddMinutes(-1)), 5, 1, 5000, 10_000, 2.5), (Text(Now), 3, 1, 3000, 6000, 5000)]);
        Read(await scene.Api.GetOkAsync($"{Path}?minutes=1")).Count().ShouldBe(1);
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Report_FromAClockThatIsAhead_CountsNow_AndOneFarBehindNowhere()
    {
        await scene.ReportMinutesAsync(
            Minute(Now.AddDays(9), 3, 0, Quick),
            Minute(Now.AddMinutes(-TunnelMinuteStore.MaxMinutes), 7, 0, Quick)
        );

        Read(await scene.Api.GetOkAsync($"{Path}?minutes={TunnelMinuteStore.MaxMinutes}"))
            .Select(minute => (minute.At, minute.Calls))
            .ShouldBe([(Text(Now), 3)]);
    }

    [Fact]
    public async Task Minutes_BeyondThoseThatAreKept_AreDroppedWithTheNextReport()
    {
        await scene.ReportMinutesAsync(Minute(Now, 1, 0, Quick));
        var database = scene.Service.Services.GetRequiredService<Database>();
        await using (var connection = database.OpenWrite())
        {
            await connection.ExecuteAsync(
                "UPDATE tunnel_minutes SET minute = minute - @minutes",
                new { minutes = TunnelMinuteStore.MaxMinutes }
            );
        }

        await scene.ReportMinutesAsync(Minute(Now, 2, 0, Quick));

        (await database.QueryAsync<long>("SELECT calls FROM tunnel_minutes", null, default)).ShouldBe([2]);
    }

    [Theory]
    [InlineData(-1, 0, Quick)]
    [InlineData(1, 2, Quick)]
    [InlineData(1, -1, Quick)]
    [InlineData(2_000_000_000, 0, Quick)]
    [InlineData(1, 0, "1,0,0")]
    [InlineData(1, 0, "-1,0,0,0,0,0,0,0,0,0")]
    [InlineData(1, 0, "1,0,0,0,0,0,0,0,0,0,0")]
    public async Task Report_NumbersThatCannotBe_IsInvalid(long calls, long denied, string durations)
    {
        var minute = Minute(Now, calls, denied, durations);
        var report = WriteReport($$"""{"run":"a","sequence":1,"entries":[],"minutes":[{{minute}}]}""");

        (await SendAsync(scene.Agent, report)).ShouldBe(HttpStatusCode.BadRequest);
        Read(await scene.Api.GetOkAsync(Path)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Report_MoreMinutesThanOnePartHas_IsInvalid()
    {
        var minutes = string.Join(',', Enumerable.Range(0, 61).Select(at => Minute(Now.AddMinutes(-at), 1, 0, Quick)));

        (
            await SendAsync(
                scene.Agent,
                WriteReport($$"""{"run":"a","sequence":1,"entries":[],"minutes":[{{minutes}}]}""")
            )
        ).ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("181")]
    [InlineData("-1")]
    [InlineData("all")]
    public async Task Get_WrongMinutes_IsInvalid(string minutes) =>
        await scene
            .Api.GetAsync($"{Path}?minutes={minutes}")
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");

    [Fact]
    public async Task Get_OfAnotherOrganization_IsNotFound()
    {
        using var other = await scene.AddOrganizationAsync();

        await other.GetAsync(Path).ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
    }

    [Theory]
    [InlineData(0.5, null, new long[] { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData(0.5, 2.5, new long[] { 4, 0, 0, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData(0.5, 5.0, new long[] { 1, 1, 0, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData(0.95, 9.5, new long[] { 1, 1, 0, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData(0.95, 5000.0, new long[] { 1, 0, 0, 0, 0, 0, 0, 0, 0, 9 })]
    [InlineData(0.5, 3000.0, new long[] { 0, 0, 0, 0, 0, 0, 0, 0, 2, 0 })]
    public void Quantile_OfCounts_IsWithinItsBounds(double quantile, double? milliseconds, long[] counts) =>
        Durations.FindQuantile(counts, quantile).ShouldBe(milliseconds);

    private static string Text(DateTimeOffset at) => at.ToString("yyyy-MM-ddTHH:mm:00Z", null);

    private static IEnumerable<(string At, long Calls, long, long, long, double)> Read(JsonElement traffic) =>
        traffic
            .GetProperty("data")
            .EnumerateArray()
            .Select(minute =>
                (
                    minute.Text("at"),
                    minute.GetProperty("calls").GetInt64(),
                    minute.GetProperty("denied").GetInt64(),
                    minute.GetProperty("request_bytes").GetInt64(),
                    minute.GetProperty("response_bytes").GetInt64(),
                    minute.GetProperty("p50_ms").GetDouble()
                )
            );
}

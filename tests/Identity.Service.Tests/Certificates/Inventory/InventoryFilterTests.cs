using System.Net;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.Inventory;

[Trait(StorageTrait.Name, StorageTrait.Both)]
public sealed class InventoryFilterTests(RevocationBench fixture) : IClassFixture<RevocationBench>
{
    [Fact]
    public async Task List_EachFilter_FindsItsCertificate()
    {
        var (certificate, _) = await fixture.ServeAsync("filters");
        var serial = certificate.Text("serial");
        var item = (await ListAsync($"serial={serial}"))[0];
        var end = certificate.GetProperty("not_after").GetDateTimeOffset();
        string[] filters =
        [
            $"ca_id={fixture.AuthorityId}",
            $"identity={Uri.EscapeDataString(item.Text("identity"))}",
            $"key_sha256={item.Text("key_sha256")}",
            $"tunnel_id={fixture.Bench.TunnelId}",
            $"status=issued&ca_id={fixture.AuthorityId}",
            $"expires_from={end.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}",
            $"expires_before={end.AddSeconds(1).UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}&ca_id={fixture.AuthorityId}",
        ];

        foreach (var filter in filters)
        {
            (await ListAsync(filter + "&limit=1000")).ShouldContain(one => one.Text("serial") == serial, filter);
        }

        (await ListAsync("ca_id=ca_none")).ShouldBeEmpty();
        (
            await ListAsync($"expires_before={end.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}&ca_id={fixture.AuthorityId}")
        ).ShouldNotContain(one => one.Text("serial") == serial);
        (await ListAsync($"status=revoked&serial={serial}")).ShouldBeEmpty();
        (await fixture.Api.GetOkAsync($"/v1/certificates/{item.Id()}")).Text("serial").ShouldBe(serial);
    }

    [Fact]
    public async Task List_ByExpiry_RunsFromTheSoonestEndThroughAllPages()
    {
        await fixture.ServeAsync("pages-a");
        await fixture.ServeAsync("pages-b");
        var from = fixture.Bench.Service.Time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ");
        List<(DateTimeOffset End, string Serial)> seen = [];
        string? page = "";
        while (page is not null)
        {
            var list = await fixture.Api.GetOkAsync(
                $"/v1/certificates?expires_from={from}&limit=2" + (page.Length > 0 ? $"&page={page}" : "")
            );
            seen.AddRange(
                list.GetProperty("data")
                    .EnumerateArray()
                    .Select(item => (item.GetProperty("not_after").GetDateTimeOffset(), item.Text("serial")))
            );
            page = list.GetProperty("next_page").GetString();
        }

        seen.Select(one => one.End).ShouldBe(seen.Select(one => one.End).Order());
        seen.Select(one => one.Serial).ShouldBeUnique();
        seen.Count.ShouldBeGreaterThan(4);
    }

    [Fact]
    public async Task Export_CsvAndJson_HoldTheSameRows()
    {
        var (certificate, _) = await fixture.ServeAsync("export");
        var serial = certificate.Text("serial");

        var json = await fixture.Api.GetOkAsync($"/v1/certificates/export?tunnel_id={fixture.Bench.TunnelId}");
        var csv = await fixture.Api.GetStringAsync(
            $"/v1/certificates/export?format=csv&tunnel_id={fixture.Bench.TunnelId}",
            TestContext.Current.CancellationToken
        );

        var rows = csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        rows[0].ShouldStartWith("id,serial,kind,status");
        rows.Length.ShouldBe(json.GetProperty("data").GetArrayLength() + 1);
        rows.ShouldContain(row => row.Split(',')[1] == serial);
        json.GetProperty("data").EnumerateArray().ShouldContain(item => item.Text("serial") == serial);
    }

    [Fact]
    public async Task Forecast_CountsTheDayOfTheEndByAuthority()
    {
        var (certificate, _) = await fixture.ServeAsync("forecast");
        var day = certificate.GetProperty("not_after").GetDateTimeOffset().UtcDateTime.ToString("yyyy-MM-dd");
        var before = await CountAsync(day);

        await fixture.RevokeAsync(new { serial = certificate.Text("serial") });

        (await CountAsync(day)).ShouldBe(before - 1);
        (await fixture.Api.GetOkAsync("/v1/certificates/forecast?days=7"))
            .GetProperty("data")
            .EnumerateArray()
            .ShouldContain(one => one.GetProperty("ca_id").GetString() == null, "the platform's machines");
    }

    [Theory]
    [InlineData("certificates?status=expired")]
    [InlineData("certificates?expires_from=tomorrow")]
    [InlineData("certificates?expires_before=2026-01-01")]
    [InlineData("certificates?key_sha256=01")]
    [InlineData("certificates?limit=0")]
    [InlineData("certificates?limit=1001")]
    [InlineData("certificates?page=bm90LWEtY3Vyc29y")]
    [InlineData("certificates?page=Y2VydGlmaWNhdGVzOjE&expires_from=2026-01-01T00:00:00Z")]
    [InlineData("certificates/export?format=xml")]
    [InlineData("certificates/forecast?days=0")]
    [InlineData("certificates/forecast?days=401")]
    public Task Get_MalformedParameter_IsRefused(string path) =>
        fixture
            .Api.GetAsync("/v1/" + path, TestContext.Current.CancellationToken)
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");

    private async Task<long> CountAsync(string day) =>
        (await fixture.Api.GetOkAsync("/v1/certificates/forecast"))
            .GetProperty("data")
            .EnumerateArray()
            .Where(one => one.Text("date") == day && one.GetProperty("ca_id").GetString() == fixture.AuthorityId)
            .Sum(one => one.GetProperty("count").GetInt64());

    private async Task<System.Text.Json.JsonElement[]> ListAsync(string filter) =>
        [.. (await fixture.Api.GetOkAsync("/v1/certificates?" + filter)).GetProperty("data").EnumerateArray()];
}

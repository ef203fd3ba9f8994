using System.Net;
using Culvert.Identity.Service.Federation.History;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Dapper;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Federation.History;

public sealed class UnprovenRefusalsTests
{
    // S31
    [Fact]
    public async Task Record_UnprovenRefusal_IsNoChainEntry()
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync();
        var before = await SequenceAsync(service);

        (await service.DenialAsync(rule, "x")).ShouldBe("token_malformed");

        (await SequenceAsync(service)).ShouldBe(before);
    }

    [Fact]
    public async Task Flush_Minute_ChainsOneSummary()
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync();
        await service.DenialAsync(rule, "x");
        await service.DenialAsync(rule, "y");

        await service.Service.Get<UnprovenRefusals>().FlushAsync();

        var body = (await service.GetAsync("/v1/audit?limit=1")).GetProperty("data")[0].GetProperty("body");
        body.Text("event").ShouldBe("platform_federated_authentication_unproven");
        var counted = body.GetProperty("event_data").GetProperty("refusals")[0];
        counted.Text("reason").ShouldBe("token_malformed");
        counted.GetProperty("count").GetInt32().ShouldBe(2);
        var sequence = await SequenceAsync(service);
        await service.Service.Get<UnprovenRefusals>().FlushAsync();
        (await SequenceAsync(service)).ShouldBe(sequence);
    }

    [Fact]
    public async Task Record_AboveRatePerAddress_IsCountedInstead()
    {
        await using var service = await FederatedService.StartAsync(o =>
            o with
            {
                Limits = o.Limits with { HistoryPerAddress = new RateLimit(1, TimeSpan.FromSeconds(1)) },
            }
        );
        var rule = await service.RuleAsync();
        for (var i = 0; i < 4; i++)
        {
            using var response = await service.ExchangeAsync(rule, "x");
            response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }

        (await CountsAsync(service)).ShouldBe([1]);
        await service.Service.Get<UnprovenRefusals>().FlushAsync();
        (await CountsAsync(service)).ShouldBe([3, 1]);
    }

    // S31: bounded, whatever the number of addresses.
    [Fact]
    public async Task Record_HistoryFull_CountsAddressesTogether()
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync();
        var refusals = service.Service.Get<UnprovenRefusals>();
        using (var connection = service.Service.Get<Database>().OpenWrite())
        {
            await connection.ExecuteAsync(
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @Rows) "
                    + "INSERT INTO federation_refusals (request_id, ordinal, at_ms, organization_id, rule_id, issuer_id, "
                    + "reason, source, refusals) SELECT 'req_' || i, i, 0, 'o', 'r', 'i', 'x', 's', 1 FROM n",
                new { Rows = UnprovenRefusals.MaxRows }
            );
        }

        await refusals.StartAsync(TestContext.Current.CancellationToken);
        using (var response = await service.ExchangeAsync(rule, "x"))
        {
            response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }

        await refusals.FlushAsync();

        var rows = (await service.GetAsync("/v1/authentication_history")).GetProperty("data");
        rows[0].Text("ip_address").ShouldBe("*");
    }

    [Fact]
    public void ProvenSql_ByRequest_UsesItsIndex()
    {
        using var store = new StoreUnderTest(StorageBackend.Sqlite);
        using var connection = store.Store.Database.OpenWrite();

        var plan = connection.Query<(int, int, int, string Detail)>(
            "EXPLAIN QUERY PLAN " + AuthenticationHistory.ProvenSql(byRequest: true),
            new
            {
                OrganizationId = "o",
                Event = "e",
                Before = 1,
                RequestId = "r",
                Count = 1,
            }
        );

        plan.First().Detail.ShouldContain("request_id=?");
    }

    [Fact]
    public async Task List_ProvenAndUnproven_StandInTheirOrder()
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync();
        await service.DenialAsync(rule, "x");
        await service.AccessTokenAsync(rule);
        await service.DenialAsync(rule, service.Token(claims => claims["sub"] = "other"));
        await service.DenialAsync(rule, "y");

        var reasons = new List<string?>();
        string? page = null;
        do
        {
            var answer = await service.GetAsync(
                "/v1/authentication_history?limit=1" + (page is null ? "" : $"&page={page}")
            );
            reasons.AddRange(
                answer.GetProperty("data").EnumerateArray().Select(e => e.GetProperty("reason").GetString())
            );
            page = answer.GetProperty("next_page").GetString();
        } while (page is not null);

        reasons.ShouldBe(["token_malformed", "match_subject_prefix", null, "token_malformed"]);
    }

    [Theory]
    [InlineData("granted", 1)]
    [InlineData("denied", 2)]
    public async Task List_ByDecision_ShowsThoseAlone(string decision, int expected)
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync();
        await service.DenialAsync(rule, "x");
        await service.AccessTokenAsync(rule);
        await service.DenialAsync(rule, service.Token(claims => claims["sub"] = "other"));

        var listed = await service.GetAsync($"/v1/authentication_history?decision={decision}");

        listed.GetProperty("data").GetArrayLength().ShouldBe(expected);
        listed.GetProperty("data").EnumerateArray().ShouldAllBe(entry => entry.Text("decision") == decision);
    }

    // A48
    [Fact]
    public async Task Record_HostileText_IsBoundedAndWithoutControlCharacters()
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync();
        using var response = await service.ExchangeAsync(
            rule,
            service.Token(claims => claims["iss"] = "a\r\nlevel=error " + new string('x', 1000))
        );

        var detail = (await service.HistoryOfAsync(response.Header("request-id")!))!.Value.Text("detail");
        detail.Length.ShouldBe(256);
        detail.ShouldNotContain('\n');
    }

    private static async Task<long> SequenceAsync(FederatedService service) =>
        (await service.GetAsync("/v1/audit?limit=1")).GetProperty("data")[0].GetProperty("sequence").GetInt64();

    private static async Task<IEnumerable<long>> CountsAsync(FederatedService service) =>
        (await service.GetAsync("/v1/authentication_history"))
            .GetProperty("data")
            .EnumerateArray()
            .Select(entry => entry.GetProperty("count").GetInt64());
}

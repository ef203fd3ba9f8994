using Shouldly;

namespace Culvert.Identity.Cli.Tests.Commands;

public sealed class InventoryCommandsTests : CommandTest
{
    private const string Tunnel = """{"id":"tnl_01a","type":"tunnel","display_name":"docs","domain":"d.example"}""";

    [Theory]
    [InlineData("inventory")]
    [InlineData("inventory names")]
    public async Task Names_Filters_AreSent(string verb)
    {
        Service
            .On("GET /v1/tunnels/tnl_01a", Tunnel)
            .On(
                "GET /v1/inventory?tunnel_id=tnl_01a&kind=tool&caller=alice&unsanctioned=true",
                """{"data":[{"tunnel_id":"tnl_01a","route":"wiki","kind":"tool","name":"find","sanctioned":false,"last_subject":"alice"}],"next_page":null}"""
            );

        var run = await Stage.RunAsync([
            .. verb.Split(' '),
            "--unsanctioned",
            "--tunnel",
            "tnl_01a",
            "--caller",
            "alice",
            "--kind",
            "tool",
        ]);

        run.ExitCode.ShouldBe(0, run.Error);
        run.Out.ShouldContain("SANCTIONED");
        run.Out.ShouldContain("find");
    }

    [Fact]
    public async Task Routes_Open_ShowsOwnersAndDueTimes()
    {
        Service.On(
            "GET /v1/inventory/routes?owner=Team%20Docs&open=true",
            """{"data":[{"tunnel_id":"tnl_01a","route":"wiki","owner":"Team Docs","unsanctioned_names":7,"open":true}],"next_page":null}"""
        );

        var run = await Stage.RunAsync("inventory", "routes", "--open", "--owner", "Team Docs");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Out.ShouldContain("Team Docs");
        run.Out.ShouldContain("UNSANCTIONED");
    }

    [Theory]
    [InlineData("inventory", "inventory")]
    [InlineData("inventory routes", "inventory/routes")]
    [InlineData("tunnel inventory tnl_01a", "tunnels/tnl_01a/inventory")]
    public async Task Answers_AreSaidInWordsWhereARuleJudgedThem(string verb, string path)
    {
        Service
            .On("GET /v1/tunnels/tnl_01a", Tunnel)
            .On(
                $"GET /v1/{path}",
                """{"data":[{"route":"docs","answers":{"judged":9,"rows_crossed":1204,"rows_kept_inside":88310,"values_removed":0,"withheld":0}},{"route":"wiki","answers":null}],"next_page":null}"""
            );

        var run = await Stage.RunAsync(verb.Split(' '));

        run.ExitCode.ShouldBe(0, run.Error);
        run.Out.ShouldContain("crossed 1,204 rows, kept inside 88,310");
        Service.On($"GET /v1/{path}", """{"data":[{"route":"wiki","answers":null}],"next_page":null}""");
        (await Stage.RunAsync(verb.Split(' '))).Out.ShouldNotContain(" ANSWERS");
    }

    [Fact]
    public async Task Callers_OfARoute_AreListed()
    {
        Service.On(
            "GET /v1/inventory/callers?route=wiki",
            """{"data":[{"tunnel_id":"tnl_01a","route":"wiki","subject":"alice","calls":12,"denied":3}],"next_page":null}"""
        );

        var run = await Stage.RunAsync("inventory", "callers", "--route", "wiki");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Out.ShouldContain("alice");
    }

    [Theory]
    [InlineData("Team Docs", """{"owner":"Team Docs"}""")]
    [InlineData("none", """{"owner":null}""")]
    public async Task Owner_IsSent(string owner, string body)
    {
        Service.On("GET /v1/tunnels/tnl_01a", Tunnel).On("POST /v1/tunnels/tnl_01a/routes/my%20wiki", "{}");

        var run = await Stage.RunAsync("inventory", "owner", "tnl_01a", "my wiki", owner);

        run.ExitCode.ShouldBe(0, run.Error);
        Last.Body.ShouldBe(body);
    }

    [Fact]
    public async Task Attest_SendsNoteAndNames()
    {
        Service.On("GET /v1/tunnels/tnl_01a", Tunnel).On("POST /v1/tunnels/tnl_01a/routes/wiki/attest", "{}");

        var run = await Stage.RunAsync("inventory", "attest", "tnl_01a", "wiki", "--note", "reviewed", "--names", "7");

        run.ExitCode.ShouldBe(0, run.Error);
        Last.Body.ShouldBe("""{"note":"reviewed","names":7}""");
    }
}

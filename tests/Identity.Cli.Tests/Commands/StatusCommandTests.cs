using Culvert.Identity.Cli.Hosting;
using Shouldly;

namespace Culvert.Identity.Cli.Tests.Commands;

/// <summary><c>culvert status</c>: one request, one screen, and an exit code by the worst line.</summary>
public sealed class StatusCommandTests : CommandTest
{
    private const string Request = "GET /v1/status?limit=100";

    [Fact]
    public async Task Status_EverythingWorks_ShowsEachCheck()
    {
        Service.On(
            Request,
            Answer("ok", """{"check":"clock","state":"ok","summary":"The clock is trusted.","next":""}""")
        );

        var run = await Stage.RunAsync("status");

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        run.Out.ShouldContain("  acme (aaaa): ok\n");
        run.Out.ShouldContain("ok       clock            The clock is trusted.\n");
        run.Out.ShouldNotContain(" next: ");
        run.Out.ShouldContain("Not shown to your credential: edges, jobs\n");
    }

    [Theory]
    [InlineData("warning", "warning  issuers          It is paused.", ExitCode.Done, ExitCode.CheckFailed)]
    [InlineData("unknown", "UNKNOWN  issuers          It is paused.", ExitCode.CheckFailed, ExitCode.CheckFailed)]
    [InlineData("problem", "PROBLEM  issuers          It is paused.", ExitCode.CheckFailed, ExitCode.CheckFailed)]
    [InlineData("of-a-later-version", "PROBLEM  issuers ", ExitCode.CheckFailed, ExitCode.CheckFailed)]
    public async Task Status_SomethingIsWrong_ShowsItFirstWithWhatToDo(string state, string line, int code, int strict)
    {
        Service.On(
            Request,
            Answer(
                state,
                $$"""
                {"check":"clock","state":"ok","summary":"The clock is trusted.","next":""},
                {"check":"issuers","state":"{{state}}","subject":"fdis_1","summary":"It is paused.","next":"culvert issuer resume fdis_1"}
                """
            )
        );

        var run = await Stage.RunAsync("status");

        run.ExitCode.ShouldBe(code, run.Error);
        run.Out.ShouldContain(line);
        run.Out.ShouldContain("next: culvert issuer resume fdis_1\nok       clock");
        (await Stage.RunAsync("status", "--strict")).ExitCode.ShouldBe(strict);
    }

    [Theory]
    [InlineData("ready", "ready      docs")]
    [InlineData("not_ready", "NOT READY  docs")]
    [InlineData("unknown", "UNKNOWN    docs")]
    [InlineData("not_set_up", "not set up docs")]
    public async Task Status_Tunnel_ShowsAgentsEdgesAndRoutes(string state, string line)
    {
        Service.On(
            Request,
            Answer(
                "ok",
                "",
                $$"""
                {"tunnel_id":"tnl_01","display_name":"docs","state":"{{state}}","ready":{{(
                    state == "ready" ? "true" : "false"
                )}},
                 "problems":["x"],"agents_live":2,"agents_connected":1,"agents_enrolled":2,"certificates":3,"edges_serving":1,"public_port":443,
                 "routes":[{"name":"wiki","upstream_healthy":false,"detail":"Connection refused"},
                           {"name":"docs","upstream_healthy":true,"detail":""}],
                 "edges":[{"name":"one","state":"live","assigned":true,"agent_connections":2,"public_port":8443},{"name":"two","state":"gone","assigned":true}]}
                """
            )
        );

        var run = await Stage.RunAsync("status");

        run.Out.ShouldContain(line);
        run.Out.ShouldContain("agents 1 of 2 connected to an edge, certificates 3, edges 1 of 2 serving: one");
        run.Out.ShouldContain("one (2 agent connections, its public port is 8443 and the tunnel's 443), two (gone)");
        run.Out.ShouldContain("route wiki: no healthy upstream: Connection refused");
        run.Out.ShouldNotContain("route docs");
        run.Out.ShouldContain("missing: x");
    }

    [Fact]
    public async Task Status_MoreThanOnePage_IsOneAnswer()
    {
        Service
            .On(
                Request,
                Answer("ok", """{"check":"tunnels","state":"ok","summary":"Well.","next":""}""", Tunnel("tnl_2"), "c1")
            )
            .On(
                Request + "&page=c1",
                Answer(
                    "problem",
                    """{"check":"tunnels","state":"problem","summary":"Not well.","next":""}""",
                    Tunnel("tnl_1")
                )
            );

        var run = await Stage.RunAsync("status", "-o", "json");

        run.ExitCode.ShouldBe(ExitCode.CheckFailed, run.Error);
        run.Json["state"]!.GetValue<string>().ShouldBe("problem");
        run.Json["tunnels"]!
            .AsArray()
            .Select(one => one!["tunnel_id"]!.GetValue<string>())
            .ShouldBe(["tnl_2", "tnl_1"]);
        run.Json["checks"]!.AsArray().Count.ShouldBe(2);
        run.Json["next_page"].ShouldBeNull();
    }

    private static string Tunnel(string id) =>
        $$"""{"tunnel_id":"{{id}}","state":"ready","ready":true,"problems":[]}""";

    private static string Answer(string state, string checks, string tunnels = "", string? next = null) =>
        $$"""
            {"type":"status","state":"{{state}}","organization_id":"aaaa","organization_name":"acme","checks":[{{checks}}],
             "not_shown":["edges","jobs"],"tunnels":[{{tunnels}}],"next_page":{{(
                next is null ? "null" : $"\"{next}\""
            )}}}
            """;
}

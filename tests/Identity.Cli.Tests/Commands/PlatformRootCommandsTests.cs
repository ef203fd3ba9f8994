using Shouldly;
using Xunit;

namespace Culvert.Identity.Cli.Tests.Commands;

public sealed class PlatformRootCommandsTests : CommandTest
{
    private const string Roots = """
        {"type":"platform_roots","epoch":2,
         "roots":[{"id":"ca_02","state":"staged","sha256":"bb","not_after":"2036-01-01T00:00:00Z","retires_at":null,
                   "linked_until":null},
                  {"id":"ca_01","state":"active","sha256":"aa","not_after":"2036-01-01T00:00:00Z","retires_at":null,
                   "linked_until":null}],
         "missing":[{"kind":"edge","id":"edge_01","name":"east","tunnel_id":null,"acknowledged_epoch":null}],
         "late_joiners":["agt_02"],"next":"culvert platform-root activate ca_02"}
        """;

    [Fact]
    public async Task Show_NamesRootsWhoIsMissingAndWhatComesNext()
    {
        Service.On("GET /v1/platform_ca/roots", Roots);

        var run = await Stage.RunAsync("platform-root", "show");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Out.ShouldContain("staged ca_02 sha256 bb until 2036-01-01T00:00:00Z");
        run.Out.ShouldContain("missing: edge east edge_01");
        run.Out.ShouldContain("away, will catch up: agt_02");
        run.Out.ShouldContain("next: culvert platform-root activate ca_02");
    }

    [Fact]
    public async Task Prepare_Rollback_PostTheReason()
    {
        Service.On("POST /v1/platform_ca/roots", Roots).On("POST /v1/platform_ca/roots/ca_02/rollback", Roots);

        (await Stage.RunAsync("platform-root", "prepare", "--reason", "x")).ExitCode.ShouldBe(0);
        Last.Body.ShouldBe("""{"reason":"x"}""");
        (await Stage.RunAsync("platform-root", "rollback", "ca_02")).ExitCode.ShouldBe(0);
        Last.Body.ShouldBe("{}");
    }

    [Fact]
    public async Task Activate_NamesWhoIsGoneWithout()
    {
        Service.On("POST /v1/platform_ca/roots/ca_02/activate", Roots);

        var run = await Stage.RunAsync(
            "platform-root",
            "activate",
            "ca_02",
            "--missing",
            "edge_01",
            "--reason",
            "gone"
        );

        run.ExitCode.ShouldBe(0, run.Error);
        Last.Body.ShouldBe("""{"missing":["edge_01"],"reason":"gone"}""");
    }
}

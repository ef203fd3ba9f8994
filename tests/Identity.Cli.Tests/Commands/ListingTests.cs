using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Hosting;
using Shouldly;

namespace Culvert.Identity.Cli.Tests.Commands;

/// <summary>What every list and every reading command can do: filters, wide columns, watching.</summary>
public sealed class ListingTests : CommandTest
{
    private const string Path = "GET /v1/tunnels";

    private const string Two =
        """{"data":[{"id":"tnl_01","display_name":"docs","limits":{"bytes":1}},{"id":"tnl_02","display_name":"code"}],"next_page":null}""";

    [Theory]
    [InlineData("display_name=code", "tnl_02\n")]
    [InlineData("display_name=do*", "tnl_01\n")]
    [InlineData("limits.bytes=1", "tnl_01\n")]
    [InlineData("display_name=none", "")]
    [InlineData("nothing=-", "tnl_01\ntnl_02\n")]
    public async Task Filter_PrintsWhatMatches(string filter, string ids)
    {
        Service.OnAny(Path, Two);

        (await Stage.RunAsync("tunnel", "list", "--filter", filter, "-o", "name")).Out.ShouldBe(ids);
    }

    [Fact]
    public async Task Filter_LooksAtEveryPage_AndAllMustHold()
    {
        Service
            .On(Path, """{"data":[{"id":"a","display_name":"x","domain":"d"}],"next_page":"2"}""")
            .On(Path + "?page=2", """{"data":[{"id":"b","display_name":"x","domain":"e"}],"next_page":null}""");

        var run = await Stage.RunAsync(
            "tunnel",
            "list",
            "--filter",
            "display_name=x",
            "--filter",
            "domain=e",
            "-o",
            "name"
        );

        run.Out.ShouldBe("b\n");
    }

    [Fact]
    public async Task Filter_WithoutValue_IsUsage() =>
        (await Stage.RunAsync("tunnel", "list", "--filter", "name")).ExitCode.ShouldBe(ExitCode.Usage);

    [Fact]
    public async Task Wide_AddsEveryShortMember_AndNoText()
    {
        Service.OnAny(
            Path,
            """{"data":[{"id":"a","paused_at":"then","pem":"x\ny","more":{"a":1},"type":"tunnel"}],"next_page":null}"""
        );

        var run = await Stage.RunAsync("tunnel", "list", "-o", "wide");

        var lines = run.Out.Split('\n');
        lines[0].ShouldContain("  PAUSED AT");
        lines[0].Split("  ").Intersect(["PEM", "MORE", "TYPE"]).ShouldBeEmpty();
        lines[1].ShouldContain("then");
    }

    [Fact]
    public async Task Watch_PrintsEachChangeOnce_AndOutlivesAnOutage()
    {
        using var stop = new CancellationTokenSource();
        (int Status, string Body)[] answers =
        [
            (200, """{"id":"tnl_01","display_name":"a"}"""),
            (200, """{"id":"tnl_01","display_name":"a"}"""),
            (503, "{}"),
            (200, """{"id":"tnl_01","display_name":"b"}"""),
        ];
        Service.OnNext("GET /v1/tunnels/tnl_01", answers, then: stop.Cancel);

        var run = await Stage.RunAsync(
            stop.Token,
            "tunnel",
            "show",
            "tnl_01",
            "--watch",
            "--every",
            "100ms",
            "-o",
            "json"
        );

        run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonNode.Parse(line)!["display_name"]!.GetValue<string>())
            .ShouldBe(["a", "b"]);
        run.Error.ShouldContain(" 503");
    }
}

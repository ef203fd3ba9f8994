using Culvert.Identity.Cli.Hosting;
using Shouldly;

namespace Culvert.Identity.Cli.Tests.Commands;

public sealed class SearchCommandTests : CommandTest
{
    [Fact]
    public async Task Search_Text_ListsWhatWasFound_AndSaysThatThereIsMore()
    {
        Service.On(
            "GET /v1/search?q=my%20docs&type=tunnel&limit=1",
            """
            {"type":"search","exact":false,"more":["tunnel"],
             "data":[{"type":"tunnel","id":"tnl_01a","name":"my docs","detail":"d.example","tunnel_id":"tnl_01a","archived":false}]}
            """
        );

        var run = await Stage.RunAsync("search", "my docs", "--type", "tunnel", "--limit", "1");

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        run.Out.ShouldContain("tnl_01a");
        run.Out.ShouldContain("my docs");
        run.Error.ShouldContain("more results of tunnel: --limit 100, or more of the name");
    }

    [Fact]
    public async Task Search_LimitBeyondTheLargest_IsAnErrorOfUsage()
    {
        var run = await Stage.RunAsync("search", "docs", "--limit", "101");

        run.ExitCode.ShouldBe(ExitCode.Usage);
        run.Error.ShouldContain("--limit must be from 1 to 100");
    }
}

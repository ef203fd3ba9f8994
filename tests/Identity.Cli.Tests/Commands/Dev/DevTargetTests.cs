using Culvert.Identity.Cli.Commands.Dev;
using Culvert.Identity.Cli.Hosting;
using Shouldly;
using Xunit;

namespace Culvert.Identity.Cli.Tests.Commands.Dev;

public sealed class DevTargetTests
{
    [Theory]
    [InlineData("http://127.0.0.1:3001/mcp", "http://127.0.0.1:3001/", "/mcp")]
    [InlineData("http://127.0.0.1:3001/a/b/", "http://127.0.0.1:3001/", "/a/b")]
    [InlineData("http://127.0.0.1:3001", "http://127.0.0.1:3001/", "/mcp")]
    [InlineData("http://127.0.0.1:3001/", "http://127.0.0.1:3001/", "/")]
    [InlineData("https://docs.corp.example/mcp", "https://docs.corp.example/", "/mcp")]
    public void Parse_Address_IsOriginAndPath(string text, string origin, string path)
    {
        var target = DevTarget.Parse(text);

        target.Origin!.AbsoluteUri.ShouldBe(origin);
        target.Path.ShouldBe(path);
    }

    [Theory]
    [InlineData("ftp://127.0.0.1/mcp")]
    [InlineData("http://u:p@127.0.0.1/mcp")]
    [InlineData("http://127.0.0.1/mcp?a=b")]
    [InlineData("http://127.0.0.1/m%22cp")]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("npx 'server")]
    [InlineData("'' server")]
    public void Parse_AnythingElse_IsUsage(string text) =>
        Should.Throw<CommandFailure>(() => DevTarget.Parse(text)).ExitCode.ShouldBe(ExitCode.Usage);

    [Theory]
    [InlineData("npx  server --flag", "npx|server|--flag")]
    [InlineData("node 'a b.js' \"it's\" ''", "node|a b.js|it's|")]
    [InlineData("node $HOME;rm", "node|$HOME;rm")]
    public void Parse_Command_IsItsWords(string text, string words)
    {
        var target = DevTarget.Parse(text);

        string.Join('|', target.Command).ShouldBe(words);
        (target.Origin, target.Path).ShouldBe((null, "/mcp"));
    }

    [Fact]
    public async Task RangesAsync_Literal_IsThatAddressAlone() =>
        (await DevTarget.Parse("http://[::1]:3001/mcp").RangesAsync(TestContext.Current.CancellationToken)).ShouldBe([
            "::1/128",
        ]);
}

using Culvert.Identity.Cli.Hosting;
using Shouldly;

namespace Culvert.Identity.Cli.Tests.Commands;

/// <summary><c>culvert version --all</c>.</summary>
public sealed class VersionCommandTests : CommandTest
{
    [Fact]
    public async Task All_WithinOneMinorVersion_IsListed()
    {
        Answer("0.2.0", ("edge", "edge-1", "0.1.3", "older"), ("agent", "one", "0.2.0", "same"));

        var run = await Stage.RunAsync("version", "--all");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Out.ShouldContain("edge-1");
        run.Out.ShouldContain("older");
        run.Error.ShouldBeEmpty();
    }

    [Fact]
    public async Task All_OneTooFar_IsSaidAndExitsWith2()
    {
        Answer("0.3.0", ("edge", "edge-1", "0.1.3", "unsupported"));

        var run = await Stage.RunAsync("version", "--all");

        run.ExitCode.ShouldBe(ExitCode.CheckFailed);
        run.Error.ShouldContain("edge edge-1 is 0.1.3, the service 0.3.0");
    }

    private void Answer(string service, params (string Kind, string Name, string Version, string Skew)[] programs)
    {
        var data = programs.Select(p =>
            $$"""{"kind":"{{p.Kind}}","name":"{{p.Name}}","version":"{{p.Version}}","skew":"{{p.Skew}}"}"""
        );
        Service.On(
            "GET /v1/versions",
            $$"""{"service_version":"{{service}}","data":[{{string.Join(',', data)}}],"next_page":null}"""
        );
    }
}

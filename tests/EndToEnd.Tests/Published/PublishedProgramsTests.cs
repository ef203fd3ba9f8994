using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage.Hops;
using Culvert.Stage.Processes;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Published;

/// <summary>
/// The native programs that <c>dotnet publish</c> makes, without all that the compiler found unreachable: what culvert declares,
/// enrolment, feed, certificates, OAuth and a call show whether it was.
/// </summary>
[Collection(PublishedSystemCollection.Name)]
[Trait("Level", "full")]
[Trait("Needs", "published")]
public sealed class PublishedProgramsTests(PublishedSystem system) : SystemTest(system)
{
    [Fact]
    public async Task Call_ThroughPublishedEdgeAndAgent_IsAnswered()
    {
        using var caller = await System.ConnectAsync(Cancel);

        (await caller.EchoAsync("from one file to the other", Cancel)).ShouldBe("Echo: from one file to the other");

        foreach (
            var (name, process, health) in ((string, ProgramProcess, HealthProbe)[])
                [
                    (Programs.TunnelAgent, Installation.Agent.Process, Installation.Agent.Health),
                    (Programs.TunnelEdge, Installation.Edge.Process, Installation.Edge.Health),
                ]
        )
        {
            var file = Path.Combine(Installation.Run.Binaries, name);
            File.ReadLines($"/proc/{process.Stamp.Pid}/maps").ShouldContain(line => line.EndsWith(file));
            (await health.MetricsAsync(Cancel)).ShouldContain("culvert_");
            var log = await File.ReadAllTextAsync(process.LogFile, Cancel);
            log.ShouldNotContain("\"level\":\"error\"");
            log.ShouldNotContain("Unhandled exception");
        }
    }

    [Theory]
    [InlineData(Programs.TunnelAgent, 28)]
    [InlineData(Programs.TunnelEdge, 20)]
    [InlineData(Programs.Culvert, 25)]
    public void Program_AsItIsShipped_IsOneSmallFile(string program, int mostMiB)
    {
        var file = Path.Combine(Installation.Run.Binaries, program);

        Directory.GetFiles(Installation.Run.Binaries, $"{program}*").ShouldBe([file], "nothing beside the one file");
        var size = new FileInfo(file).Length / (1024.0 * 1024);
        Figure($"{program} as one file: {size:0.0} MiB");
        size.ShouldBeLessThan(mostMiB);
    }

    /// <summary>The system was declared by it already, from YAML; here is what it prints.</summary>
    [Theory]
    [InlineData("--version", "0.1.0")]
    [InlineData("tunnel list", "NAME")]
    [InlineData("cert list -o wide", "SERIAL")]
    [InlineData("organization show", "name  ")]
    [InlineData("organization show -o yaml", "name: ")]
    public async Task Culvert_AsItIsShipped_Answers(string command, string expected)
    {
        var result = await new Operator(Installation.Run, Installation.Service).TryRunAsync(command.Split(' '), Cancel);

        result.Succeeded.ShouldBeTrue(result.Error + result.Output);
        result.Output.ShouldContain(expected);
    }

    [Theory]
    [InlineData(Programs.TunnelAgent, "agent.yaml")]
    [InlineData(Programs.TunnelEdge, "edge.yaml")]
    public async Task ConfigCommands_OfThePublishedProgram_Work(string program, string configuration)
    {
        foreach (var command in (string[])["check", "show"])
        {
            var result = await Tool.RunAsync(
                Path.Combine(Installation.Run.Binaries, program),
                ["config", command, "--config", Installation.Run.File(program, configuration)],
                Installation.Run.Path,
                Cancel
            );

            result.Succeeded.ShouldBeTrue($"{command}: {result.Error}{result.Output}");
        }
    }
}

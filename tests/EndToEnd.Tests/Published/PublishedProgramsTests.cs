using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage.Hops;
using Culvert.Stage.Processes;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Published;

/// <summary>
/// The single files that <c>dotnet publish</c> makes, from which everything was trimmed that nobody seemed to need: enrolment,
/// feed, certificates, OAuth and a call show whether that is true.
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
            Directory.GetFiles(Installation.Run.Binaries, $"{name}*").ShouldBe([file], "nothing beside the one file");
            (await health.MetricsAsync(Cancel)).ShouldContain("culvert_");
            var log = await File.ReadAllTextAsync(process.LogFile, Cancel);
            log.ShouldNotContain("\"level\":\"error\"");
            log.ShouldNotContain("Unhandled exception");
            Figure($"{name} as one file: {new FileInfo(file).Length / (1024.0 * 1024):0.0} MiB");
        }
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

using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage;
using Culvert.Stage.Processes;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Configuration;

/// <summary>A bad file stops the real program at its start, with everything that is wrong with it at once.</summary>
public sealed class BadConfigurationTests : IDisposable
{
    private const int ConfigurationExit = 78;

    private readonly TestFolder folder = new();

    [Theory]
    [InlineData("Identity.Service", "identity-service", "public_url")]
    [InlineData("Tunnel.Edge", "tunnel-edge", "edge_id")]
    [InlineData("Tunnel.Agent", "tunnel-agent", "tunnel.id")]
    public async Task Run_FileWithSeveralFaults_NamesEachWithItsLine(string project, string program, string missing)
    {
        var file = Path.Combine(folder.Path, "bad.yaml");
        await File.WriteAllTextAsync(
            file,
            """
            config_version: 1
            state_dri: state
            health: {listen: nonsense}

            """,
            TestContext.Current.CancellationToken
        );

        var result = await Tool.RunAsync(
            Path.Combine(Checkout.Find().BuildOutput(project), program),
            ["run", "--config", file],
            folder.Path,
            TestContext.Current.CancellationToken
        );

        var said = result.Output + result.Error;
        result.ExitCode.ShouldBe(ConfigurationExit, said);
        said.ShouldContain($"{file}:2");
        said.ShouldContain("state_dri");
        said.ShouldContain("state_dir"); // the nearest known key
        said.ShouldContain($"{file}:3");
        said.ShouldContain("nonsense");
        said.ShouldContain(missing);
    }

    public void Dispose() => folder.Dispose();
}

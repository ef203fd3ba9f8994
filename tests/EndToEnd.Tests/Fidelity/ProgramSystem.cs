using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage;
using Culvert.Stage.Hops;

namespace Culvert.EndToEnd.Tests.Fidelity;

/// <summary>A system whose agent runs the fixture server as a program.</summary>
public sealed class ProgramSystem()
    : RunningSystem(
        new InstallationOptions
        {
            ExchangesPerSecond = 1000,
            ManualTunnel = false,
            Commands = new Dictionary<string, IReadOnlyList<string>>
            {
                [Route] = ["node", FixtureServer.ProgramOf(Checkout.Find())],
            },
            AllowedOrigins = [StandardSystem.AllowedOrigin],
        }
    )
{
    /// <summary>The label of the fixture server as a program of the agent's.</summary>
    public const string Route = "fixture-program";
}

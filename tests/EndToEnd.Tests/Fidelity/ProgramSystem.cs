using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage.Hops;

namespace Culvert.EndToEnd.Tests.Fidelity;

/// <summary>A system whose agent runs the fixture server as a program.</summary>
public sealed class ProgramSystem()
    : RunningSystem(
        new InstallationOptions
        {
            ExchangesPerSecond = 1000,
            ManualTunnel = false,
            FixtureProgram = true,
            AllowedOrigins = [StandardSystem.AllowedOrigin],
        }
    );

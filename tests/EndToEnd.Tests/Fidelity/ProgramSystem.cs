using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage.Hops;

namespace Culvert.EndToEnd.Tests.Fidelity;

/// <summary>A system whose MCP server is also a program of the agent's.</summary>
public sealed class ProgramSystem()
    : RunningSystem(
        new InstallationOptions
        {
            ExchangesPerSecond = 1000,
            ManualTunnel = false,
            ProgramRoute = true,
            AllowedOrigins = [StandardSystem.AllowedOrigin],
        }
    );

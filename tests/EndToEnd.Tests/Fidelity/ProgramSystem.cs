using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage.Hops;

namespace Culvert.EndToEnd.Tests.Fidelity;

/// <summary>A system whose agent runs MCP servers as programs.</summary>
public sealed class ProgramSystem()
    : RunningSystem(
        new InstallationOptions
        {
            ExchangesPerSecond = 1000,
            ManualTunnel = false,
            Programs = true,
            AllowedOrigins = [StandardSystem.AllowedOrigin],
        }
    );

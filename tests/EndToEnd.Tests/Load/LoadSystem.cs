using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage.Hops;

namespace Culvert.EndToEnd.Tests.Load;

/// <summary>Leaves and platform certificates live so short that each part renews all the time, as a fleet does in sum.</summary>
public sealed class LoadSystem()
    : RunningSystem(
        new InstallationOptions
        {
            ServerLife = TimeSpan.FromSeconds(6),
            PlatformLife = TimeSpan.FromSeconds(20),
            ExchangesPerSecond = 1000,
            ManualTunnel = false,
        }
    );

using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage.Hops;

namespace Culvert.EndToEnd.Tests.Rotation;

/// <summary>Platform certificates live for seconds, so that everybody has one of the new root soon after it signs.</summary>
public sealed class RootSystem()
    : RunningSystem(
        new InstallationOptions
        {
            PlatformLife = TimeSpan.FromSeconds(30),
            ExchangesPerSecond = 1000,
            ManualTunnel = false,
        }
    );

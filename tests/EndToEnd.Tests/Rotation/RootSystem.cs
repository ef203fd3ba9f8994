using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage.Hops;

namespace Culvert.EndToEnd.Tests.Rotation;

/// <summary>
/// Platform certificates are valid for seconds, so that every machine has one of the new root soon after it signs.
/// </summary>
public sealed class RootSystem()
    : RunningSystem(
        new InstallationOptions
        {
            PlatformLife = TimeSpan.FromSeconds(30),
            ExchangesPerSecond = 1000,
            ManualTunnel = false,
        }
    );

using Culvert.Stage.Hops;

namespace Culvert.EndToEnd.Tests.Harness;

/// <summary>Leaves and platform certificates live for seconds, so that each part renews all the time, as a fleet does in sum.</summary>
public sealed class ShortLivedSystem()
    : RunningSystem(
        new InstallationOptions
        {
            ServerLife = LeafLife,
            PlatformLife = TimeSpan.FromSeconds(20),
            ExchangesPerSecond = 1000,
            ManualTunnel = false,
        }
    )
{
    public static readonly TimeSpan LeafLife = TimeSpan.FromSeconds(6);
}

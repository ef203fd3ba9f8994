using Culvert.Stage.Hops;
using Culvert.Testing;

namespace Culvert.EndToEnd.Tests.Harness;

/// <summary>Leaves and platform certificates live for seconds, so that each part renews all the time, as a fleet does in sum.</summary>
public sealed class ShortLivedSystem()
    : RunningSystem(
        new InstallationOptions
        {
            ServerLife = LeafLife,
            PlatformLife = PlatformLife,
            DangerousPlatformRootWait = TimeSpan.FromSeconds(Soak.Rounds("rotation", shortForm: 3, full: 60)),
            ExchangesPerSecond = 1000,
            ManualTunnel = false,
        }
    )
{
    // The last third is what a renewal may take: on a busy machine that is seconds.
    public static readonly TimeSpan LeafLife = TimeSpan.FromSeconds(12);
    public static readonly TimeSpan PlatformLife = TimeSpan.FromSeconds(20);
}

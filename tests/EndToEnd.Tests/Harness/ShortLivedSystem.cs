using Culvert.Stage.Hops;

namespace Culvert.EndToEnd.Tests.Harness;

/// <summary>Inner-TLS leaves live for seconds, so that issuance and swaps happen all the time.</summary>
public sealed class ShortLivedSystem()
    : RunningSystem(
        new InstallationOptions
        {
            ServerLife = LeafLife,
            ExchangesPerSecond = 1000,
            ManualTunnel = false,
        }
    )
{
    public static readonly TimeSpan LeafLife = TimeSpan.FromSeconds(6);
}

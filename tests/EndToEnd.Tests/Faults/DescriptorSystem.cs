using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage.Hops;

namespace Culvert.EndToEnd.Tests.Faults;

/// <summary>A system whose identity service may hold few descriptors.</summary>
public sealed class DescriptorSystem()
    : RunningSystem(
        new InstallationOptions { ServiceDescriptors = Descriptors, ManualTunnel = false },
        areTapped: false
    )
{
    public const int Descriptors = 2_000;
}

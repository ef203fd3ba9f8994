using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage.Hops;

namespace Culvert.EndToEnd.Tests.Published;

/// <summary>Agent, edge and culvert as they are shipped.</summary>
public sealed class PublishedSystem()
    : RunningSystem(
        new InstallationOptions
        {
            ExchangesPerSecond = 1000,
            ManualTunnel = false,
            Published = true,
        }
    );

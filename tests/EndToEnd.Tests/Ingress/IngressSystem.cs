using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage.Hops;

namespace Culvert.EndToEnd.Tests.Ingress;

/// <summary>A system whose edge takes clients both ways.</summary>
public sealed class IngressSystem()
    : RunningSystem(
        new InstallationOptions
        {
            ExchangesPerSecond = 1000,
            ManualTunnel = false,
            ConnectIngress = true,
        }
    );

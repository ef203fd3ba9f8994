using Culvert.Testing;
using Culvert.Testing.Faults;

namespace Culvert.EndToEnd.Tests.Faults;

/// <summary>The same without paths in between: the work of this process for a flood would be measured as ours.</summary>
public sealed class FloodSystem()
    : FaultSystem(new FaultRelay(Soak.SeedOr(1)), new FaultRelay(Soak.SeedOr(2)), LoopbackPort.Free());

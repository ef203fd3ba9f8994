using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage.Hops;

namespace Culvert.EndToEnd.Tests.Outages;

/// <summary>One of each part, whose certificates the tests take away.</summary>
public sealed class RefusedSystem() : RunningSystem(new InstallationOptions { ManualTunnel = false }, areTapped: false);

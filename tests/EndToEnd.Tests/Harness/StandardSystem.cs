using Culvert.Stage.Hops;

namespace Culvert.EndToEnd.Tests.Harness;

/// <summary>The quickstart's own settings.</summary>
public sealed class StandardSystem() : RunningSystem(new InstallationOptions { ExchangesPerSecond = 1000 });

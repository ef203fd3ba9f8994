using Culvert.Testing.Faults;

namespace Culvert.EndToEnd.Tests.Faults;

/// <summary>A test that breaks something and has it whole again at its end.</summary>
public abstract class FaultTest(FaultSystem system) : CountingSystemTest(system)
{
    internal new FaultSystem System { get; } = system;

    /// <summary>All paths pass everything again, and the agent is connected as it should be.</summary>
    internal Task MendAsync()
    {
        foreach (var relay in (FaultRelay[])[System.AgentPath, System.UpstreamPath, System.ClientPath])
        {
            relay.Up();
            relay.Set(PathConditions.Clear, PathConditions.Clear);
        }

        return UntilWholeAsync();
    }
}

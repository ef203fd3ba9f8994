namespace Culvert.EndToEnd.Tests.Fidelity;

/// <summary>Which server the conformance suite is pointed at.</summary>
public enum ConformanceTarget
{
    /// <summary>The protocol's own reference server.</summary>
    Everything,

    /// <summary>The server of <c>tests/Peers/fidelity</c>, made to satisfy the suite.</summary>
    Fixture,
}

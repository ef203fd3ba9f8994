namespace Culvert.Tunnel.Agent.Policy;

/// <summary>What a route's rules do.</summary>
internal enum PolicyMode
{
    /// <summary>Nothing: bodies are not even read.</summary>
    Off,

    /// <summary>They are asked and their answer is recorded; every call passes as if there were none.</summary>
    Observe,

    /// <summary>What they deny neither passes nor is shown.</summary>
    Enforce,
}

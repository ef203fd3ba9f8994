namespace Culvert.Tunnel.Agent.Policy;

/// <summary>What a route's rules do.</summary>
internal enum PolicyMode
{
    /// <summary>Nothing: bodies are not read and calls are not recorded.</summary>
    Off,

    /// <summary>
    /// No rule is asked: calls are recorded by name and pass, whatever they are. In force where no policy is written.
    /// </summary>
    Record,

    /// <summary>They are asked and their answer is recorded; every call passes as if there were none.</summary>
    Observe,

    /// <summary>What they deny neither passes nor is shown.</summary>
    Enforce,
}

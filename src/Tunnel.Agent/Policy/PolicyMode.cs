namespace Culvert.Tunnel.Agent.Policy;

internal enum PolicyMode
{
    /// <summary>Not at all: bodies are not read and calls are not recorded.</summary>
    Off,

    /// <summary>No rule is evaluated: calls are recorded by name and all pass. The default without a policy.</summary>
    Record,

    /// <summary>Rules are evaluated and their decision is recorded, but every call passes.</summary>
    Observe,

    /// <summary>Denied names neither pass nor are shown.</summary>
    Enforce,
}

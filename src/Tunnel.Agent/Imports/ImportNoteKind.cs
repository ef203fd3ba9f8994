namespace Culvert.Tunnel.Agent.Imports;

/// <summary>What a line about an imported key reports.</summary>
internal enum ImportNoteKind
{
    /// <summary>The agent has no such setting, or none that can be derived from the value.</summary>
    NoEqual,

    /// <summary>The setting was imported and differs in a way that the operator should know.</summary>
    Changed,

    /// <summary>The operator must do it before the agent can run as intended.</summary>
    ToDo,
}

namespace Culvert.Tunnel.Agent.Pins;

/// <summary>The agent's action on a difference, the mildest first: of several actions the last one applies.</summary>
internal enum PinAction
{
    /// <summary>The difference is recorded; definition and calls pass.</summary>
    Alert,

    /// <summary>Clients see the pinned definition; calls pass.</summary>
    ServePinned,

    /// <summary>The definition is hidden and its use denied.</summary>
    Block,

    /// <summary>All definitions of the server are hidden, and their use denied.</summary>
    Quarantine,
}

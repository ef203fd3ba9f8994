namespace Culvert.Tunnel.Agent.Pins;

/// <summary>What is done about a difference, the least first: of several, the last one counts.</summary>
internal enum PinAction
{
    /// <summary>It is recorded and passes.</summary>
    Alert,

    /// <summary>Clients see the pinned definition; calls pass.</summary>
    ServePinned,

    /// <summary>The definition is hidden and its use denied.</summary>
    Block,

    /// <summary>Every definition of the server is hidden, and the use of all of them denied.</summary>
    Quarantine,
}

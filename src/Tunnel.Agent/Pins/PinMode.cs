namespace Culvert.Tunnel.Agent.Pins;

/// <summary>What a route's pins do.</summary>
internal enum PinMode
{
    /// <summary>Nothing: definitions are not compared.</summary>
    Off,

    /// <summary>Differences are recorded; every definition and call passes.</summary>
    Observe,

    /// <summary>Each class of difference has its action.</summary>
    Enforce,
}

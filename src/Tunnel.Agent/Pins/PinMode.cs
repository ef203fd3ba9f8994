namespace Culvert.Tunnel.Agent.Pins;

/// <summary>The effect of a route's pins.</summary>
internal enum PinMode
{
    /// <summary>Definitions are not compared.</summary>
    Off,

    /// <summary>Differences are recorded; all definitions and calls pass.</summary>
    Observe,

    /// <summary>Each class of difference has its action.</summary>
    Enforce,
}

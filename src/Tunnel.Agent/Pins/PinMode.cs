namespace Culvert.Tunnel.Agent.Pins;

internal enum PinMode
{
    /// <summary>Definitions are not compared.</summary>
    Off,

    /// <summary>Differences are recorded; all definitions and calls pass.</summary>
    Observe,

    /// <summary>Each class of difference has its action.</summary>
    Enforce,
}

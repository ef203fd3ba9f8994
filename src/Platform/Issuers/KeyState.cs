namespace Culvert.Platform.Issuers;

/// <summary>What an issuer's keys are worth at a moment.</summary>
public enum KeyState
{
    /// <summary>There are none: never fetched, or made worthless by a kill.</summary>
    Empty,

    /// <summary>Confirmed as recently as their owner asks for.</summary>
    Fresh,

    /// <summary>Older than that; they serve in full while a newer set is fetched in the background.</summary>
    StaleOk,

    /// <summary>Not confirmed for long: only keys that have verified a signature here before continue to be used.</summary>
    Degraded,

    /// <summary>Not confirmed for so long that nothing is believed any more.</summary>
    HardExpired,
}

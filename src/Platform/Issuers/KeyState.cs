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

    /// <summary>Not confirmed for long: only keys whose signatures were seen to hold here before go on serving.</summary>
    Degraded,

    /// <summary>Not confirmed for so long that nothing is believed any more.</summary>
    HardExpired,
}

namespace Culvert.Platform.Issuers;

public enum KeyState
{
    /// <summary>There are no keys: never fetched, or invalidated by a kill.</summary>
    Empty,

    /// <summary>Confirmed within the lifetime that the issuer sets.</summary>
    Fresh,

    /// <summary>Older than that: still fully usable while a newer set is fetched in the background.</summary>
    StaleOk,

    /// <summary>Not confirmed for long: only keys that have verified a signature here before are used.</summary>
    Degraded,

    /// <summary>Not confirmed for so long that no key is used.</summary>
    HardExpired,
}

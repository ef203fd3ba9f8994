namespace Culvert.Platform.Issuers;

public enum KeyLookupOutcome
{
    Found,

    /// <summary>No usable key has that name; or the token names none, and there is not exactly one key.</summary>
    Unknown,

    /// <summary>There are no usable keys: never fetched, too old, or the list of kills cannot be read.</summary>
    Unavailable,

    /// <summary>Not confirmed for long, and never seen to verify a signature (<see cref="KeyState.Degraded"/>).</summary>
    Unproven,

    /// <summary>An administrator killed the key, its set or its issuer.</summary>
    Killed,
}

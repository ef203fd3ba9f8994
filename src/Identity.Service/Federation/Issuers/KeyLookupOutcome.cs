using Culvert.Platform.Issuers;

namespace Culvert.Identity.Service.Federation.Issuers;

internal enum KeyLookupOutcome
{
    Found,

    /// <summary>The issuer's usable keys have none of that name; or none was named, and there is not exactly one key.</summary>
    Unknown,

    /// <summary>There are no usable keys: never fetched, too old, or what was killed cannot be read.</summary>
    Unavailable,

    /// <summary>The keys have not been confirmed for long, and this one was never seen to sign (<see cref="KeyState.Degraded"/>).</summary>
    Unproven,

    /// <summary>An administrator killed the key, its set or its issuer.</summary>
    Killed,
}

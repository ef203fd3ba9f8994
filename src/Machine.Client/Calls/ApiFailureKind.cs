namespace Culvert.Machine.Client.Calls;

/// <summary>What a failed call means for the next one.</summary>
public enum ApiFailureKind
{
    /// <summary>No server answered in time. Try again.</summary>
    Unreachable,

    /// <summary>The server's certificate was refused. Nothing was sent.</summary>
    Untrusted,

    /// <summary>The service cannot serve now: 408, 429, 5xx. Try again, no sooner than its Retry-After.</summary>
    Unavailable,

    /// <summary>The service refused. The same request will fail again.</summary>
    Refused,

    /// <summary>The answer violates the protocol.</summary>
    Malformed,

    /// <summary>The machine has no proof now: no identity token, no readable secret.</summary>
    NoProof,
}

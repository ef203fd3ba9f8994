namespace Culvert.Machine.Client.Calls;

/// <summary>What a failed call means for the next one.</summary>
public enum ApiFailureKind
{
    /// <summary>No server answered, or not in time. Try again.</summary>
    Unreachable,

    /// <summary>The server's certificate was not accepted. Nothing was sent.</summary>
    Untrusted,

    /// <summary>The service is there and cannot serve now: 408, 429, 5xx. Try again, no sooner than it says.</summary>
    Unavailable,

    /// <summary>The service said no. The same request will fail again.</summary>
    Refused,

    /// <summary>The answer is not what the protocol says.</summary>
    Malformed,

    /// <summary>The machine has nothing to prove itself with now: no identity token, no readable secret.</summary>
    NoProof,
}

namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>The result of a signing connector.</summary>
internal sealed record SigningAnswer
{
    /// <summary>The chain as PEM, the new certificate first; null = there is none.</summary>
    public string? ChainPem { get; private init; }

    /// <summary>Why there is none, for operators; contains no text from the remote side.</summary>
    public string? Error { get; private init; }

    /// <summary>The wait that the enterprise's CA requests; null = none.</summary>
    public TimeSpan? RetryAfter { get; private init; }

    /// <summary>The enterprise's CA has signed an unusable chain: another request costs another signature.</summary>
    public bool IsSpoiled { get; private init; }

    public static SigningAnswer Signed(string chainPem) => new() { ChainPem = chainPem };

    public static SigningAnswer Failed(string error, TimeSpan? retryAfter = null) =>
        new() { Error = error, RetryAfter = retryAfter };

    public static SigningAnswer Spoiled(string error) => new() { Error = error, IsSpoiled = true };
}

namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>What the enterprise said to a request.</summary>
internal sealed record SigningAnswer
{
    /// <summary>The chain as PEM, the new certificate first; null = there is none.</summary>
    public string? ChainPem { get; private init; }

    /// <summary>Why there is none, in words for operators and without anything that a stranger sent.</summary>
    public string? Error { get; private init; }

    /// <summary>How long the enterprise wants not to be asked; null = it did not say.</summary>
    public TimeSpan? RetryAfter { get; private init; }

    /// <summary>The enterprise has signed, and no chain came of it: to ask again costs it another signature.</summary>
    public bool IsSpoiled { get; private init; }

    public static SigningAnswer Signed(string chainPem) => new() { ChainPem = chainPem };

    public static SigningAnswer Failed(string error, TimeSpan? retryAfter = null) =>
        new() { Error = error, RetryAfter = retryAfter };

    public static SigningAnswer Spoiled(string error) => new() { Error = error, IsSpoiled = true };
}

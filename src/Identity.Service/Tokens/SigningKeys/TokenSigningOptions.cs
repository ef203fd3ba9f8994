namespace Culvert.Identity.Service.Tokens.SigningKeys;

internal sealed record TokenSigningOptions
{
    /// <summary>How long a token signing key signs before the next one takes over.</summary>
    public TimeSpan RotateEvery { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long a key is published before it signs: at least the longest token and cache lifetimes.</summary>
    public TimeSpan PublishBefore { get; init; } = TimeSpan.FromHours(25);

    /// <summary>Where new keys are created. Existing keys stay where they are until they retire.</summary>
    public KeyCustody Custody { get; init; } = KeyCustody.Sealed;
}

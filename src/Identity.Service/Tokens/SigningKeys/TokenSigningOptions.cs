namespace Culvert.Identity.Service.Tokens.SigningKeys;

internal sealed record TokenSigningOptions
{
    /// <summary>Life of a token signing key before the next one takes over.</summary>
    public TimeSpan RotateEvery { get; init; } = TimeSpan.FromDays(30);

    /// <summary>
    /// How long a key is in the published set before it signs: at least the longest token life and the life of a
    /// cached key set.
    /// </summary>
    public TimeSpan PublishBefore { get; init; } = TimeSpan.FromHours(25);

    /// <summary>Where new keys are made. Keys that are elsewhere stay in use until they retire.</summary>
    public KeyCustody Custody { get; init; } = KeyCustody.Sealed;
}

namespace Culvert.Identity.Service.Tokens.SigningKeys;

/// <summary>
/// What is due for the signing keys at one moment. A new key is published some time before it signs, so that every
/// client that caches the key set knows it; an old one stays published until the last token that it signed has expired.
/// </summary>
/// <param name="PrepareFrom">Make a key that signs from then on; null = not due.</param>
/// <param name="Retire">Ids of keys that nothing valid refers to any more.</param>
internal sealed record SigningKeyPlan(DateTimeOffset? PrepareFrom, IReadOnlyList<string> Retire)
{
    /// <summary>The longest life that a rule can grant, and a minute for requests on their way.</summary>
    public static readonly TimeSpan LongestTokenLife = TimeSpan.FromHours(24) + TimeSpan.FromMinutes(1);

    /// <summary>How old a copy of our key set may be in use: max-age and stale-while-revalidate of the document.</summary>
    public static readonly TimeSpan CacheLife = TimeSpan.FromMinutes(10);

    /// <summary>A key is published at least so long before it signs.</summary>
    public static readonly TimeSpan ShortestPublication = LongestTokenLife + CacheLife;

    /// <summary>Keys in the published set at most: some validators refuse large ones.</summary>
    public const int MaxKeys = 12;

    /// <param name="keys">In the order in which they sign; never empty.</param>
    public static SigningKeyPlan For(
        IReadOnlyList<TokenSigningKey> keys,
        TokenSigningOptions options,
        DateTimeOffset now
    )
    {
        var takeover = keys[^1].ActiveFrom + options.RotateEvery;
        var retire = keys.Zip(keys.Skip(1))
            .Where(pair => now >= pair.Second.ActiveFrom + LongestTokenLife)
            .Select(pair => pair.First.KeyId)
            .ToList();
        DateTimeOffset? prepareFrom =
            now < takeover - options.PublishBefore || keys.Count - retire.Count >= MaxKeys ? null
            : takeover > now + options.PublishBefore ? takeover
            : now + options.PublishBefore;
        return new SigningKeyPlan(prepareFrom, retire);
    }

    /// <summary>Keys that are published at once when rotation is automatic.</summary>
    public static int KeysAtOnce(TokenSigningOptions options) =>
        1 + (int)Math.Ceiling((LongestTokenLife + options.PublishBefore) / options.RotateEvery);
}

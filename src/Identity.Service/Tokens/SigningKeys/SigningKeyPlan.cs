namespace Culvert.Identity.Service.Tokens.SigningKeys;

/// <summary>
/// The changes that are due for the signing keys at one moment. A new key is published some time before it signs, so
/// that every client that caches the key set knows it; an old one stays published until the last token that it signed
/// has expired.
/// </summary>
/// <param name="PrepareFrom">When a new key is to begin to sign; null if none is due.</param>
/// <param name="Retire">Ids of keys that no valid token refers to.</param>
internal sealed record SigningKeyPlan(DateTimeOffset? PrepareFrom, IReadOnlyList<string> Retire)
{
    /// <summary>The age up to which a copy of the key set is used: max-age plus stale-while-revalidate.</summary>
    public static readonly TimeSpan CacheLife = TimeSpan.FromMinutes(10);

    /// <summary>A key is published at least this long before it signs.</summary>
    public static readonly TimeSpan ShortestPublication = AccessTokenFactory.LongestLife + CacheLife;

    /// <summary>The most keys in the published set: some validators refuse large ones.</summary>
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
            .Where(pair => now >= pair.Second.ActiveFrom + AccessTokenFactory.LongestLife)
            .Select(pair => pair.First.KeyId)
            .ToList();
        DateTimeOffset? prepareFrom =
            now < takeover - options.PublishBefore || keys.Count - retire.Count >= MaxKeys ? null
            : takeover > now + options.PublishBefore ? takeover
            : now + options.PublishBefore;
        return new SigningKeyPlan(prepareFrom, retire);
    }

    /// <summary>The number of keys that are published at the same time with automatic rotation.</summary>
    public static int KeysAtOnce(TokenSigningOptions options) =>
        1 + (int)Math.Ceiling((AccessTokenFactory.LongestLife + options.PublishBefore) / options.RotateEvery);
}

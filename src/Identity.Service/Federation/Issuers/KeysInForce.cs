using System.Security.Cryptography;
using System.Text;
using Culvert.Jose.Algorithms;
using Culvert.Jose.Keys;
using Culvert.Jose.Refusals;
using Culvert.Platform.Issuers;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>
/// Which keys of an issuer are believed at a moment: the set as its source last confirmed it, for as long as its age
/// allows, without what was killed. Readers never wait for a lock.
/// </summary>
/// <remarks>What ends in <c>_NeedsLock</c> is called under the gate of the <see cref="KeyRefresh"/> that writes it.</remarks>
internal sealed class KeysInForce
{
    private readonly Issuer issuer;
    private readonly IssuerKeyServices services;

    // Read without the lock; replaced whole.
    private volatile CachedKeys? present;
    private volatile HashSet<string> proven = [];

    public KeysInForce(Issuer issuer, IssuerKeyServices services)
    {
        this.issuer = issuer;
        this.services = services;
        present = issuer.KeySource.GivenKeys is { } given ? CachedKeys.Given(given) : null;
        Source = GetSource(issuer);
    }

    /// <summary>Where an issuer's keys come from, as one value: another one makes stored keys worthless.</summary>
    public static string GetSource(Issuer issuer) =>
        Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes($"{issuer.Url}\n{issuer.KeySource.ToJson()}")));

    /// <summary>That of <see cref="IssuerKeys.Source"/>.</summary>
    public string Source { get; }

    /// <summary>The set as it is, usable or not; null = none.</summary>
    public CachedKeys? Present => present;

    /// <summary>Whether the keys were configured manually, so that nothing is fetched.</summary>
    public bool AreGiven => issuer.KeySource.GivenKeys is not null;

    private IssuerKill? Kill => services.Controls.Of(issuer.Id).Kill;

    public KeyState StateAt(DateTimeOffset now) => GetState(present, now);

    /// <param name="keyId">Null = the token names none: found if the issuer has exactly one key.</param>
    /// <param name="algorithm">The token's, which decides between keys of one name.</param>
    /// <param name="now">The present moment.</param>
    public KeyLookup Look(string? keyId, JwsAlgorithm algorithm, DateTimeOffset now)
    {
        if (services.Controls.IsStale)
        {
            return KeyLookup.None(KeyLookupOutcome.Unavailable);
        }

        var kill = Kill;
        if (kill is not null && (kill.Issuer || (keyId is not null && kill.KeyIds.Contains(keyId))))
        {
            return KeyLookup.None(KeyLookupOutcome.Killed);
        }

        var set = present;
        var state = GetState(set, now);
        if (state is KeyState.Empty or KeyState.HardExpired)
        {
            return KeyLookup.None(KeyLookupOutcome.Unavailable);
        }

        var known = set!.Set;
        if (FindIn(known, keyId, algorithm) is not { } key)
        {
            var why = keyId is null ? JoseRefusal.None : known.FindDropped(keyId);
            return KeyLookup.None(KeyLookupOutcome.Unknown) with { Dropped = why };
        }

        // The key itself, whatever the token calls it: without a kid the name is not in the token.
        if (kill is not null && kill.Covers(key, known))
        {
            return KeyLookup.None(KeyLookupOutcome.Killed);
        }

        return state == KeyState.Degraded && !IsProven(key)
            ? KeyLookup.None(KeyLookupOutcome.Unproven)
            : KeyLookup.Found(key);
    }

    /// <summary>
    /// Whether a signature of this key was seen to hold, so that it continues to be used when the set is old.
    /// </summary>
    public bool IsProven(VerificationKey key) => proven.Contains(key.Thumbprint);

    /// <returns>Whether the key is one of the set.</returns>
    public bool Prove_NeedsLock(VerificationKey key)
    {
        var isPresent = present is { } set && set.Set.Keys.Any(known => known.Thumbprint == key.Thumbprint);
        if (isPresent)
        {
            proven = [.. proven, key.Thumbprint];
        }

        return isPresent;
    }

    /// <summary>What was proven stays so for the keys that another set shares with this one.</summary>
    public void KeepProven_NeedsLock(JwkSet next) =>
        proven = [.. next.Keys.Select(key => key.Thumbprint).Where(proven.Contains)];

    /// <summary>Its source has confirmed this set.</summary>
    public void Put_NeedsLock(CachedKeys set) => present = set;

    /// <param name="other">Of the same source; its gate is held.</param>
    public void TakeOver_NeedsLock(KeysInForce other)
    {
        present = other.present;
        proven = other.proven;
    }

    /// <param name="stored">Of the same source.</param>
    public void Restore_NeedsLock(StoredKeySet stored)
    {
        present = CachedKeys.Restored(stored, issuer.KeySource);
        proven = [.. stored.Proven];
    }

    /// <param name="set">The present one.</param>
    /// <param name="document">The bytes as fetched; none where those that are stored stay.</param>
    public StoredKeySet Stored(CachedKeys set, ReadOnlyMemory<byte> document) =>
        new(Source, document, set.Digest, set.FetchedAt, set.FreshFor, set.EntityTag, set.Sequence, proven);

    private static VerificationKey? FindIn(JwkSet set, string? keyId, JwsAlgorithm algorithm) =>
        (keyId is null ? set.FindOnly(out var key) : set.Find(keyId, algorithm, out key)) == JoseRefusal.None
            ? key
            : null;

    private KeyState GetState(CachedKeys? set, DateTimeOffset now)
    {
        if (set is null || (Kill?.SetsBefore is { } killed && set.FetchedAt < killed))
        {
            return KeyState.Empty;
        }

        return AreGiven
            ? KeyState.Fresh
            : KeySchedule.GetState(
                now - set.FetchedAt,
                set.FreshFor,
                issuer.StaleOk(services.Options),
                issuer.HardExpiry(services.Options)
            );
    }
}

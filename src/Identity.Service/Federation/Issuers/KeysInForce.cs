using System.Security.Cryptography;
using System.Text;
using Culvert.Jose.Algorithms;
using Culvert.Jose.Keys;
using Culvert.Jose.Refusals;
using Culvert.Platform.Issuers;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>
/// Which keys of an issuer are accepted at a moment: the set as its source last confirmed it, while its age allows,
/// without killed keys. Readers never wait for a lock.
/// </summary>
/// <remarks>Members ending in <c>_NeedsLock</c> run under the gate of the <see cref="KeyRefresh"/> that writes it.</remarks>
internal sealed class KeysInForce
{
    private readonly Issuer issuer;
    private readonly IssuerKeyServices services;

    // Read without the lock; replaced as a whole.
    private volatile CachedKeys? present;
    private volatile HashSet<string> proven = [];

    public KeysInForce(Issuer issuer, IssuerKeyServices services)
    {
        this.issuer = issuer;
        this.services = services;
        present = issuer.KeySource.GivenKeys is { } given ? CachedKeys.Given(given) : null;
        Source = GetSource(issuer);
    }

    /// <summary>The origin of an issuer's keys as one value: stored keys of another origin are discarded.</summary>
    public static string GetSource(Issuer issuer) =>
        Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes($"{issuer.Url}\n{issuer.KeySource.ToJson()}")));

    public string Source { get; }

    /// <summary>The current set, usable or not; null if none.</summary>
    public CachedKeys? Present => present;

    /// <summary>Whether the keys were configured manually, so that nothing is fetched.</summary>
    public bool AreGiven => issuer.KeySource.GivenKeys is not null;

    private IssuerKill? Kill => services.Controls.Of(issuer.Id).Kill;

    public KeyState StateAt(DateTimeOffset now) => GetState(present, now);

    /// <param name="keyId">Null if the token names none: then a key is found only if the issuer has exactly one.</param>
    /// <param name="algorithm">The token's; selects between keys with the same name.</param>
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

        // The key itself is checked, whatever the token calls it: a token without a kid contains no name.
        if (kill is not null && kill.Covers(key, known))
        {
            return KeyLookup.None(KeyLookupOutcome.Killed);
        }

        return state == KeyState.Degraded && !IsProven(key)
            ? KeyLookup.None(KeyLookupOutcome.Unproven)
            : KeyLookup.Found(key);
    }

    /// <summary>Whether a signature of this key was verified, so that it stays in use when the set is old.</summary>
    public bool IsProven(VerificationKey key) => proven.Contains(key.Thumbprint);

    /// <returns>Whether the key is in the set.</returns>
    public bool Prove_NeedsLock(VerificationKey key)
    {
        var isPresent = present is { } set && set.Set.Keys.Any(known => known.Thumbprint == key.Thumbprint);
        if (isPresent)
        {
            proven = [.. proven, key.Thumbprint];
        }

        return isPresent;
    }

    /// <summary>A proven key stays proven if the next set contains it.</summary>
    public void KeepProven_NeedsLock(JwkSet next) =>
        proven = [.. next.Keys.Select(key => key.Thumbprint).Where(proven.Contains)];

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

    /// <param name="set">The current set.</param>
    /// <param name="document">The bytes as fetched; empty if the stored bytes do not change.</param>
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

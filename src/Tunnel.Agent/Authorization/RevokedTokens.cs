using System.Buffers.Binary;
using System.Buffers.Text;
using System.Collections.Frozen;
using Culvert.Jose.Tokens;
using Culvert.Platform.Wire;

namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>
/// Access tokens that the identity service has revoked, as of the last feed (S35). Immutable. Without a newer feed the
/// last one applies; the tokens' lifetime then bounds the effect of later revocations.
/// </summary>
internal sealed class RevokedTokens
{
    public static readonly RevokedTokens None = new(null);

    private readonly FrozenSet<ulong> hashes;
    private readonly FrozenDictionary<(string Kind, string Value), long> until;

    private RevokedTokens(AgentFeedTokenRevocations? told)
    {
        hashes = Read(told?.Hashes ?? "").ToFrozenSet();
        until = (told?.Until ?? [])
            .GroupBy(one => (one.Kind, one.Value))
            .ToFrozenDictionary(group => group.Key, group => group.Max(one => one.IssuedBefore));
    }

    public bool IsEmpty => hashes.Count == 0 && until.Count == 0;

    /// <summary>Reads the feed's revocations for an issuer; only the identity service's own tokens have any.</summary>
    public static RevokedTokens From(AgentFeedTokenRevocations? told, string issuer) =>
        told is not null && told.Issuer == issuer ? new RevokedTokens(told) : None;

    /// <param name="claims">The claims of a token with a valid signature.</param>
    public bool IsRevoked(in AccessTokenClaims claims) =>
        IsGone("token", claims.TokenId)
        || IsGone("family", claims.Family)
        || IsOld(claims, "rule", claims.Rule)
        || IsOld(claims, "rule_version", $"{claims.Rule}:{claims.RuleVersion}")
        || IsOld(claims, "principal", claims.Subject)
        || IsOld(claims, "issuer", claims.Source?.IssuerId)
        || (claims.Source is { } source && IsOld(claims, "subject", $"{source.IssuerId}:{source.SubjectHash}"))
        || IsOld(claims, "issued_before", "");

    private bool IsGone(string kind, string? value) =>
        value is not null && hashes.Count > 0 && hashes.Contains(AgentFeedTokenRevocations.ComputeHash(kind, value));

    private bool IsOld(in AccessTokenClaims claims, string kind, string? value) =>
        value is not null && until.TryGetValue((kind, value), out var moment) && claims.IssuedAt <= moment;

    private static IEnumerable<ulong> Read(string text)
    {
        var bytes = Base64Url.DecodeFromChars(text);
        for (
            var at = 0;
            at + AgentFeedTokenRevocations.HashBytes <= bytes.Length;
            at += AgentFeedTokenRevocations.HashBytes
        )
        {
            yield return BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(at));
        }
    }
}

using System.Buffers.Text;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Culvert.Jose.Tokens;
using Culvert.Platform.Wire;

namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>
/// People whose earlier tokens are refused, as of the last feed (S35). Immutable. It applies to the tokens of every
/// issuer: an issuer that names such a person in a claim of its own makes only its own token refused.
/// </summary>
internal sealed class OffBoardedPeople
{
    public static readonly OffBoardedPeople None = new([]);

    // In `sub` of the service's tokens for people: fdis_…:SUBJECT.
    private const string IssuerIdPrefix = "fdis_";

    // By the issuer's URL, and by the service's ID of the issuer: one never has the form of the other.
    private readonly FrozenDictionary<(string Issuer, string SubjectHash), long> people;

    private OffBoardedPeople(IReadOnlyList<AgentFeedOffBoarding> listed) =>
        people = listed
            .SelectMany(one =>
                new[] { one.Issuer, one.IssuerId }.Select(issuer => (Issuer: issuer, one.SubjectHash, one.IssuedBefore))
            )
            .GroupBy(one => (one.Issuer, one.SubjectHash))
            .ToFrozenDictionary(group => group.Key, group => group.Max(one => one.IssuedBefore));

    public bool IsEmpty => people.Count == 0;

    public static OffBoardedPeople From(IReadOnlyList<AgentFeedOffBoarding>? listed) =>
        listed is { Count: > 0 } ? new OffBoardedPeople(listed) : None;

    /// <summary>Whether the token is one of an off-boarded person, and not issued after that.</summary>
    /// <param name="claims">The claims of a token with a valid signature.</param>
    public bool IsRefused(ClaimSet claims)
    {
        if (IsEmpty)
        {
            return false;
        }

        var subject = claims.FindString("sub"u8) ?? "";
        if (IsOld(claims, claims.FindString("iss"u8), Hash(subject)))
        {
            return true;
        }

        // The person at the identity provider, in a token that the service derived from one of the provider's.
        var source = claims.FindObject("src"u8);
        if (source is not null && IsOld(claims, source.FindString("iss"u8), source.FindString("sub"u8)))
        {
            return true;
        }

        var end = subject.IndexOf(':', StringComparison.Ordinal);
        return end > 0
            && subject.StartsWith(IssuerIdPrefix, StringComparison.Ordinal)
            && IsOld(claims, subject[..end], Hash(subject[(end + 1)..]));
    }

    // A token that does not say when it was issued counts as an old one.
    private bool IsOld(ClaimSet claims, string? issuer, string? subjectHash) =>
        issuer is not null
        && subjectHash is not null
        && Find(issuer, subjectHash) is { } moment
        && !(claims.TryFind("iat"u8, out var iat) && iat.TryReadNumericDate(out var issued) && issued > moment);

    // A feed lists a limited number of people; one entry per issuer covers all others.
    private long? Find(string issuer, string subjectHash)
    {
        var isListed = people.TryGetValue((issuer, subjectHash), out var own);
        var isCovered = people.TryGetValue((issuer, AgentFeedOffBoarding.Everybody), out var all);
        return isListed && isCovered ? Math.Max(own, all)
            : isListed ? own
            : isCovered ? all
            : null;
    }

    private static string Hash(string subject) =>
        Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(subject)));
}

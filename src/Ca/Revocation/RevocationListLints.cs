using System.Numerics;
using Culvert.Ca.Encoding;
using Culvert.Ca.Keys;

namespace Culvert.Ca.Revocation;

/// <summary>The rules that a revocation list must satisfy before it is signed.</summary>
internal static class RevocationListLints
{
    // CA/Browser Forum Baseline Requirements §4.9.7: a list of leaf certificates is valid for at most ten days.
    private static readonly TimeSpan LongestPeriod = TimeSpan.FromDays(10);

    private static readonly string[] Known =
    [
        Oids.AuthorityKeyIdentifier,
        Oids.CrlNumber,
        Oids.IssuingDistributionPoint,
    ];

    /// <summary>All rules, in the order of RFC 5280 §5.</summary>
    public static IReadOnlyList<RevocationListLint> All { get; } =
    [
        new("version_is_two", "RFC 5280 §5.1.2.1", (list, _) => list.Version == 2),
        new(
            "signature_algorithms_agree",
            "RFC 5280 §5.1.1.2",
            (list, order) => list.SignatureScheme == SignatureScheme.For(order.Issuer.PublicKey)
        ),
        new(
            "issuer_is_authority",
            "RFC 5280 §5.1.2.3",
            (list, order) => list.Issuer.HasSameEncoding(order.Issuer.Name)
        ),
        new("times_are_well_encoded", "RFC 5280 §§5.1.2.4–5.1.2.6", (list, _) => !list.HasBadTime),
        new(
            "times_are_ordered",
            "RFC 5280 §§5.1.2.4, 5.1.2.5",
            (list, order) =>
                list.ThisUpdate == Seconds(order.ThisUpdate)
                && list.NextUpdate == Seconds(order.NextUpdate)
                && list.NextUpdate > list.ThisUpdate
                && list.NextUpdate - list.ThisUpdate <= LongestPeriod
        ),
        new("entries_are_ordered_and_single", "RFC 5280 §5.1.2.6", (list, _) => AreAscending(list.Entries)),
        new(
            "entries_are_all_there",
            "RFC 5280 §5.1.2.6",
            (list, order) =>
                list.Entries.Count == order.Entries.Count
                && list.Entries.Zip(order.Entries).All(pair => AreSame(pair.First, pair.Second))
        ),
        new(
            "revocations_are_not_ahead",
            "RFC 5280 §5.3",
            (list, _) => list.Entries.All(entry => entry.RevokedAt <= list.ThisUpdate)
        ),
        new(
            "reasons_are_for_leaves",
            "RFC 5280 §5.3.1",
            (list, _) => list.Entries.All(entry => RevocationReasons.OfLeaves.Contains(entry.Reason))
        ),
        new("list_is_direct", "RFC 5280 §5.3.3", (list, _) => !list.HasForeignEntries && !list.HasUnknownCriticalEntry),
        new(
            "extensions_are_known_and_single",
            "RFC 5280 §5.2",
            (list, _) =>
                list.Extensions.Count == Known.Length
                && Known.All(oid => list.Extensions.Any(extension => extension.Oid == oid))
        ),
        new(
            "authority_key_identifier_is_issuers",
            "RFC 5280 §5.2.1",
            (list, order) =>
                list.AuthorityKeyIdentifier is { } identifier
                && identifier.Span.SequenceEqual(order.Issuer.KeyIdentifier.Span)
        ),
        new(
            "number_is_ordered",
            "RFC 5280 §5.2.3",
            (list, order) => order.Number > 0 && list.Number == new BigInteger(order.Number)
        ),
        new(
            "distribution_point_is_critical_and_one",
            "RFC 5280 §5.2.5",
            (list, order) =>
                list.DistributionPoint
                    is {
                        IsCritical: true,
                        OnlyUserCertificates: true,
                        OnlySomeReasons: false,
                        IsIndirect: false,
                        OnlyOthers: false,
                        Uris: [var uri]
                    }
                && uri == order.DistributionPoint
        ),
    ];

    /// <summary>Returns the names of the rules that the list violates.</summary>
    public static IReadOnlyList<string> Run(ParsedRevocationList list, RevocationListOrder order) =>
        [.. All.Where(lint => !lint.Holds(list, order)).Select(lint => lint.Name)];

    private static bool AreAscending(IReadOnlyList<RevokedEntry> entries)
    {
        for (int i = 1; i < entries.Count; i++)
        {
            if (SerialOrder.Compare(entries[i - 1].Serial.Span, entries[i].Serial.Span) >= 0)
            {
                return false;
            }
        }

        return true;
    }

    private static bool AreSame(RevokedEntry one, RevokedEntry other) =>
        one.Reason == other.Reason
        && one.RevokedAt == Seconds(other.RevokedAt)
        && one.Serial.Span.SequenceEqual(other.Serial.Span);

    private static DateTimeOffset Seconds(DateTimeOffset time) =>
        DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());
}

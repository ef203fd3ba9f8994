using Culvert.Ca.Refusals;

namespace Culvert.Ca.Revocation;

/// <summary>
/// The last look before a list takes the place of another: numbers grow, time does not run back, and nothing vanishes
/// that a verifier may still need.
/// </summary>
public static class RevocationListDiff
{
    /// <summary>The serial numbers, as the inventory spells them, that are on the earlier list alone.</summary>
    public static IReadOnlyList<string> Vanished(ParsedRevocationList earlier, ParsedRevocationList later)
    {
        HashSet<string> kept = [.. later.Entries.Select(entry => entry.SerialHex)];
        return [.. earlier.Entries.Select(entry => entry.SerialHex).Where(serial => !kept.Contains(serial))];
    }

    /// <summary>Null when <paramref name="later"/> may take the place of <paramref name="earlier"/>.</summary>
    /// <param name="earlier">What is published now.</param>
    /// <param name="later">What is to be.</param>
    /// <param name="ends">
    /// Last second of a certificate by its serial number; null = not known, which counts as not yet.
    /// </param>
    public static CaRefusal? Check(
        ParsedRevocationList earlier,
        ParsedRevocationList later,
        Func<string, DateTimeOffset?> ends
    )
    {
        if (later.Number is not { } number || (earlier.Number is { } before && number <= before))
        {
            return new CaRefusal(CaErrorCodes.CrlNumberBackwards, "The list's number is not above the present one's.");
        }

        if (later.ThisUpdate < earlier.ThisUpdate)
        {
            return new CaRefusal(CaErrorCodes.CrlNumberBackwards, "The list is older than the present one.");
        }

        // RFC 5280 §3.3: an entry stays until it was on one list issued beyond the certificate's validity.
        string[] lost =
        [
            .. Vanished(earlier, later).Where(serial => ends(serial) is not { } end || end >= earlier.ThisUpdate),
        ];
        if (lost.Length > 0)
        {
            return new CaRefusal(
                CaErrorCodes.CrlEntryVanished,
                $"{lost.Length} entries of unexpired certificates are missing, such as {lost[0]}."
            );
        }

        HashSet<string> moved =
        [
            .. earlier
                .Entries.Join(
                    later.Entries,
                    entry => entry.SerialHex,
                    entry => entry.SerialHex,
                    (one, other) => (one.SerialHex, IsSame: one.RevokedAt == other.RevokedAt)
                )
                .Where(pair => !pair.IsSame)
                .Select(pair => pair.SerialHex),
        ];
        return moved.Count == 0
            ? null
            : new CaRefusal(
                CaErrorCodes.CrlEntryVanished,
                $"The date of revocation of {moved.First()} is another one than on the present list."
            );
    }
}

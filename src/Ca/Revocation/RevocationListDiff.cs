using Culvert.Ca.Refusals;

namespace Culvert.Ca.Revocation;

/// <summary>The last check before a list replaces another: numbers, times, and entries that must not be lost.</summary>
public static class RevocationListDiff
{
    /// <summary>The serial numbers that only the earlier list has, in the inventory's form.</summary>
    public static IReadOnlyList<string> Vanished(ParsedRevocationList earlier, ParsedRevocationList later) =>
        [.. Compare(earlier, later).Vanished.Select(entry => entry.SerialHex)];

    /// <summary>Returns null when <paramref name="later"/> may replace <paramref name="earlier"/>.</summary>
    /// <param name="earlier">The published list.</param>
    /// <param name="later">The new list.</param>
    /// <param name="ends">Returns the last second of a certificate by serial number; null = unknown, which counts as not
    /// expired.</param>
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

        // RFC 5280 §3.3: an entry stays until it was on a list issued after the certificate expired.
        var (vanished, moved) = Compare(earlier, later);
        string[] lost =
        [
            .. vanished
                .Select(entry => entry.SerialHex)
                .Where(serial => ends(serial) is not { } end || end >= earlier.ThisUpdate),
        ];
        if (lost.Length > 0)
        {
            return new CaRefusal(
                CaErrorCodes.CrlEntryVanished,
                $"{lost.Length} entries of unexpired certificates are missing, such as {lost[0]}."
            );
        }

        return moved is not { } other
            ? null
            : new CaRefusal(
                CaErrorCodes.CrlEntryVanished,
                $"The date of revocation of {other.SerialHex} is another one than on the present list."
            );
    }

    // Both lists are sorted by serial number (ours already are), so one pass suffices.
    private static (IReadOnlyList<RevokedEntry> Vanished, RevokedEntry? Moved) Compare(
        ParsedRevocationList earlier,
        ParsedRevocationList later
    )
    {
        IReadOnlyList<RevokedEntry> kept = InOrder(later.Entries);
        List<RevokedEntry> vanished = [];
        RevokedEntry? moved = null;
        int next = 0;
        foreach (RevokedEntry entry in InOrder(earlier.Entries))
        {
            while (next < kept.Count && Order(kept[next], entry) < 0)
            {
                next++;
            }

            if (next == kept.Count || Order(kept[next], entry) != 0)
            {
                vanished.Add(entry);
                continue;
            }

            // Foreign lists may repeat a serial number: all its dates must be equal.
            for (int same = next; same < kept.Count && Order(kept[same], entry) == 0; same++)
            {
                moved ??= kept[same].RevokedAt == entry.RevokedAt ? null : entry;
            }
        }

        return (vanished, moved);
    }

    private static IReadOnlyList<RevokedEntry> InOrder(IReadOnlyList<RevokedEntry> entries)
    {
        for (int i = 1; i < entries.Count; i++)
        {
            if (Order(entries[i - 1], entries[i]) > 0)
            {
                return [.. entries.Order(Comparer<RevokedEntry>.Create(Order))];
            }
        }

        return entries;
    }

    private static int Order(RevokedEntry one, RevokedEntry other) =>
        SerialOrder.Compare(one.Serial.Span, other.Serial.Span);
}

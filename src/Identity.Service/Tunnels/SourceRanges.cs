using System.Net;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Tunnels;

/// <summary>Parses the lists of source addresses that requests contain: CIDR ranges and single addresses.</summary>
internal static class SourceRanges
{
    /// <summary>
    /// The maximum length of a list. It is bounded because edges check every connection against the list.
    /// </summary>
    public const int MaxRanges = 256;

    /// <summary>Returns the ranges in canonical form, or a refusal that names the first invalid entry.</summary>
    /// <param name="member">The member of the request that contains the list, for the refusal.</param>
    public static Result<IReadOnlyList<string>> Parse(string member, IReadOnlyList<string?> texts)
    {
        if (texts.Count > MaxRanges)
        {
            return TunnelErrors.Range.Refuse($"{member}: at most {MaxRanges} ranges are allowed.");
        }

        var ranges = new List<string>(texts.Count);
        foreach (var text in texts)
        {
            if (Normalize(text) is not { } range || ranges.Contains(range))
            {
                return TunnelErrors
                    .Range.Refuse(
                        $"{member}: '{Shorten(text)}' is not a CIDR range, has host bits set, or is listed twice."
                    )
                    .With("member", JsonValue.Create(member));
            }

            ranges.Add(range);
        }

        return Result<IReadOnlyList<string>>.Ok(ranges);
    }

    private static string? Normalize(string? text)
    {
        if (text is null or { Length: > 64 } || text.Contains('%', StringComparison.Ordinal))
        {
            return null;
        }

        if (!text.Contains('/', StringComparison.Ordinal))
        {
            return IPAddress.TryParse(text, out var address) && IsUnambiguous(text, address)
                ? new IPNetwork(address, address.GetAddressBytes().Length * 8).ToString()
                : null;
        }

        return
            IPNetwork.TryParse(text, out var network)
            && IsUnambiguous(text[..text.IndexOf('/', StringComparison.Ordinal)], network.BaseAddress)
            ? network.ToString()
            : null;
    }

    // .NET also parses "10.1" and "0x0a000001" as IPv4 addresses, but these are likely mistakes. IPv4-mapped addresses
    // are refused because such a range would never match.
    private static bool IsUnambiguous(string text, IPAddress address) =>
        !address.IsIPv4MappedToIPv6 && (text.Contains(':', StringComparison.Ordinal) || text == address.ToString());

    private static string Shorten(string? text) => text is { Length: > 64 } ? text[..64] : text ?? "null";
}

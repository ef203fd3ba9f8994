using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Culvert.Platform.Addresses;

/// <summary>
/// A set of address ranges in CIDR form (RFC 4632 §3.1, RFC 4291 §2.3). IPv4-mapped IPv6 addresses (RFC 4291 §2.5.5.2)
/// count as IPv4, because a dual-stack socket shows its IPv4 peers in that form.
/// </summary>
public sealed class AddressRanges
{
    private const int Ipv4Bits = 32;
    private const int MappedPrefix = 96;

    private readonly IPNetwork[] ranges;

    private AddressRanges(IPNetwork[] ranges) => this.ranges = ranges;

    public static AddressRanges Empty { get; } = new([]);

    public bool IsEmpty => ranges.Length == 0;

    public IReadOnlyList<IPNetwork> Ranges => ranges;

    /// <param name="written">Each <c>address/length</c> with no bit set beyond the length, or a single address.</param>
    /// <param name="result">The set; null when a range cannot be parsed.</param>
    /// <param name="unreadable">The first range that cannot be parsed; otherwise null.</param>
    public static bool TryParse(
        IEnumerable<string> written,
        [NotNullWhen(true)] out AddressRanges? result,
        [NotNullWhen(false)] out string? unreadable
    )
    {
        result = null;
        unreadable = null;
        var parsed = new List<IPNetwork>();
        foreach (var text in written)
        {
            if (!TryParse(text, out var range))
            {
                unreadable = text;
                return false;
            }

            parsed.Add(range);
        }

        result = new AddressRanges([.. parsed]);
        return true;
    }

    /// <summary>See <see cref="TryParse(IEnumerable{string}, out AddressRanges?, out string?)"/>.</summary>
    public static bool TryParse(string text, out IPNetwork range)
    {
        range = default;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!TryParseAddress(slash < 0 ? text : text[..slash], out var address))
        {
            return false;
        }

        var bits = address.AddressFamily == AddressFamily.InterNetwork ? Ipv4Bits : 128;
        var length = bits;
        if (slash >= 0 && !TryParseLength(text[(slash + 1)..], bits, out length))
        {
            return false;
        }

        if (address.IsIPv4MappedToIPv6)
        {
            if (length < MappedPrefix)
            {
                return false;
            }

            (address, length) = (address.MapToIPv4(), length - MappedPrefix);
        }

        // "10.1.2.3/8" is a typing error or a misunderstanding, so it is rejected.
        if (!HasNoBitsBeyond(address, length))
        {
            return false;
        }

        range = new IPNetwork(address, length);
        return true;
    }

    public bool Contains(IPAddress address)
    {
        var plain = Normalise(address);
        foreach (var range in ranges)
        {
            if (range.Contains(plain))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The address without its IPv4-mapped form and without a zone.</summary>
    public static IPAddress Normalise(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        return address is { AddressFamily: AddressFamily.InterNetworkV6, ScopeId: not 0 }
            ? new IPAddress(address.GetAddressBytes())
            : address;
    }

    public override string ToString() => string.Join(", ", ranges);

    // The BCL also accepts "1", "0x7f.1" and "010.0.0.1", which are easily misread.
    private static bool TryParseAddress(string text, [NotNullWhen(true)] out IPAddress? address)
    {
        if (!IPAddress.TryParse(text, out address) || text.Contains('%') || text.StartsWith('['))
        {
            return false;
        }

        return address.AddressFamily != AddressFamily.InterNetwork || address.ToString() == text;
    }

    private static bool TryParseLength(string text, int bits, out int length) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out length)
        && length <= bits
        && (text.Length == 1 || text[0] != '0');

    private static bool HasNoBitsBeyond(IPAddress address, int length)
    {
        var bytes = address.GetAddressBytes();
        for (var bit = length; bit < bytes.Length * 8; bit++)
        {
            if ((bytes[bit / 8] & (0x80 >> (bit % 8))) != 0)
            {
                return false;
            }
        }

        return true;
    }
}

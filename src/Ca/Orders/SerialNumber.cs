using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Culvert.Ca.Orders;

/// <summary>
/// A certificate's serial number: one octet 01–7f for the node, the low octet of the second in which it was drawn, then 128
/// random bits. The node's octet lets several nodes draw without coordination, and keeps the number positive and of constant
/// length. RFC 5280 §4.1.2.2 allows 20 octets; this has 18.
/// </summary>
/// <remarks>
/// The second octet only serves the index over all numbers: numbers of one second are in a 256th of it, so that many inserts
/// change the same few pages. It carries no meaning.
/// </remarks>
public sealed record SerialNumber
{
    private const int Length = 18;

    private readonly byte[] value;

    private SerialNumber(byte[] value) => this.value = value;

    /// <summary>Lower-case hex of the value octets, 36 digits.</summary>
    public string Hex => Convert.ToHexStringLower(value);

    /// <summary>The lowest 16 of its random bits, which select the revocation list.</summary>
    public ushort LowBits => (ushort)((value[^2] << 8) | value[^1]);

    internal ReadOnlySpan<byte> Value => value;

    /// <summary>Draws a new number.</summary>
    /// <param name="nodePrefix">1 to 127, different on every node of the installation.</param>
    /// <param name="now">Time of the draw.</param>
    public static SerialNumber Draw(byte nodePrefix, DateTimeOffset now)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(nodePrefix, (byte)0x01);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(nodePrefix, (byte)0x7f);
        byte[] value = new byte[Length];
        value[0] = nodePrefix;
        value[1] = (byte)now.ToUnixTimeSeconds();
        RandomNumberGenerator.Fill(value.AsSpan(2));
        return new SerialNumber(value);
    }

    /// <summary>Parses the form of <see cref="Hex"/>, only for serial numbers of our own.</summary>
    public static bool TryParse(string hex, [NotNullWhen(true)] out SerialNumber? serial)
    {
        serial = null;
        if (hex.Length != 2 * Length || hex.Any(c => !char.IsAsciiHexDigitLower(c)))
        {
            return false;
        }

        byte[] value = Convert.FromHexString(hex);
        if (value[0] is < 0x01 or > 0x7f)
        {
            return false;
        }

        serial = new SerialNumber(value);
        return true;
    }

    public bool Equals(SerialNumber? other) => other is not null && value.AsSpan().SequenceEqual(other.value);

    public override int GetHashCode() => BitConverter.ToInt32(value, Length - sizeof(int));

    public override string ToString() => Hex;
}

namespace Culvert.Ca.Revocation;

/// <summary>One line of a revocation list.</summary>
/// <param name="Serial">Value octets of the serial number, positive, no superfluous leading zero.</param>
/// <param name="RevokedAt">When, to the second.</param>
/// <param name="Reason">Why.</param>
public readonly record struct RevokedEntry(
    ReadOnlyMemory<byte> Serial,
    DateTimeOffset RevokedAt,
    RevocationReason Reason
)
{
    /// <summary>As the inventory spells it.</summary>
    public string SerialHex => Convert.ToHexStringLower(Serial.Span);
}

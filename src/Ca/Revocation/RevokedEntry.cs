namespace Culvert.Ca.Revocation;

/// <summary>An entry of a revocation list.</summary>
/// <param name="Serial">Value octets of the serial number, positive, without superfluous leading zeros.</param>
/// <param name="RevokedAt">In whole seconds.</param>
/// <param name="Reason">The reason.</param>
public readonly record struct RevokedEntry(
    ReadOnlyMemory<byte> Serial,
    DateTimeOffset RevokedAt,
    RevocationReason Reason
)
{
    /// <summary>In the inventory's form.</summary>
    public string SerialHex => Convert.ToHexStringLower(Serial.Span);
}

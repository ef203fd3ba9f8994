namespace Culvert.Identity.Service.Storage.Sealing;

/// <summary>
/// Seals secrets for the store (S19): AES-256-GCM, an own data key per value, bound to the place where it lies, so
/// that a moved value does not open.
/// </summary>
internal interface ISealer
{
    byte[] Seal(string table, string row, string column, ReadOnlySpan<byte> plaintext);

    /// <summary>Throws <see cref="StoreException"/> when the value was moved, changed, or sealed with a key we lack.</summary>
    byte[] Unseal(string table, string row, string column, ReadOnlySpan<byte> sealedValue);
}

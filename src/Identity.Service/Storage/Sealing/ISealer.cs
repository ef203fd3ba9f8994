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

    /// <summary>
    /// A key of 32 bytes for one purpose and one object, which every node of the installation derives alike and nobody
    /// can compute back from (HKDF-SHA256, RFC 5869). It changes when the oldest sealing key is taken away.
    /// </summary>
    /// <param name="purpose">What it is for; never used for anything else.</param>
    /// <param name="id">Of the object, such as a tunnel.</param>
    byte[] DeriveKey(string purpose, string id);
}

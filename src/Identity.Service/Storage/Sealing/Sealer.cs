using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Culvert.Identity.Service.Storage.Sealing;

/// <summary>
/// Seals secrets for the store (S19) with AES-256-GCM and one data key per value, bound to the value's row and column, so
/// that a moved value does not open.
/// <code>
/// 0      1            5          17             49         65       77             77+n      93+n
/// +------+------------+----------+--------------+----------+--------+--------------+---------+
/// | 0x01 | KEK version| nonce 12 | data key 32  | tag 16   | nonce  | ciphertext n | tag 16  |
/// +------+------------+----------+--------------+----------+--------+--------------+---------+
/// </code>
/// Both parts are AES-256-GCM with the same associated data: installation, table, row, column, key version.
/// </summary>
internal sealed class Sealer(SealingKeys keys, string installationId)
{
    private const byte Format = 1;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int KeyBytes = 32;
    private const int HeaderBytes = 1 + sizeof(uint);
    private const int WrappedBytes = NonceBytes + KeyBytes + TagBytes;
    private const int OverheadBytes = HeaderBytes + WrappedBytes + NonceBytes + TagBytes;

    public uint WritingVersion => keys.WritingVersion;

    /// <summary>The key version that a value needs; 0 = it is not a sealed value.</summary>
    public static uint ReadVersion(ReadOnlySpan<byte> sealedValue) =>
        sealedValue.Length >= OverheadBytes && sealedValue[0] == Format
            ? BinaryPrimitives.ReadUInt32BigEndian(sealedValue[1..])
            : 0;

    public byte[] Seal(string table, string row, string column, ReadOnlySpan<byte> plaintext)
    {
        var version = keys.WritingVersion;
        var place = EncodePlace(table, row, column, version);
        var result = new byte[OverheadBytes + plaintext.Length];
        result[0] = Format;
        BinaryPrimitives.WriteUInt32BigEndian(result.AsSpan(1), version);
        Span<byte> dataKey = stackalloc byte[KeyBytes];
        RandomNumberGenerator.Fill(dataKey);
        Encrypt(keys.Find(version)!, dataKey, place, result.AsSpan(HeaderBytes, WrappedBytes));
        Encrypt(dataKey, plaintext, place, result.AsSpan(HeaderBytes + WrappedBytes));
        CryptographicOperations.ZeroMemory(dataKey);
        return result;
    }

    /// <summary>
    /// Throws <see cref="StoreException"/> if the value was moved, changed, or sealed with a key that is missing here.
    /// </summary>
    public byte[] Unseal(string table, string row, string column, ReadOnlySpan<byte> sealedValue)
    {
        if (sealedValue.Length < OverheadBytes || sealedValue[0] != Format)
        {
            throw Unopened(table, column, "it is malformed");
        }

        var version = BinaryPrimitives.ReadUInt32BigEndian(sealedValue[1..]);
        var key =
            keys.Find(version)
            ?? throw Unopened(
                table,
                column,
                string.Create(CultureInfo.InvariantCulture, $"it needs version {version} of the sealing key")
            );
        var place = EncodePlace(table, row, column, version);
        Span<byte> dataKey = stackalloc byte[KeyBytes];
        var plaintext = new byte[sealedValue.Length - OverheadBytes];
        try
        {
            Decrypt(key, sealedValue.Slice(HeaderBytes, WrappedBytes), place, dataKey);
            Decrypt(dataKey, sealedValue[(HeaderBytes + WrappedBytes)..], place, plaintext);
            return plaintext;
        }
        catch (AuthenticationTagMismatchException)
        {
            throw Unopened(table, column, "it was changed, moved, or sealed with another key");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(dataKey);
        }
    }

    /// <summary>
    /// Derives a 32-byte key for one purpose and object (HKDF-SHA256, RFC 5869). All nodes of the installation derive the
    /// same key, and it does not reveal the sealing key. It changes when the oldest sealing key is removed.
    /// </summary>
    /// <param name="purpose">Must be unique to this use.</param>
    /// <remarks>Uses the oldest key: while a new one is distributed, all nodes have the oldest.</remarks>
    public byte[] DeriveKey(string purpose, string id) =>
        HKDF.DeriveKey(
            HashAlgorithmName.SHA256,
            keys.Find(keys.OldestVersion)!,
            KeyBytes,
            salt: Encoding.UTF8.GetBytes(installationId),
            info: Encoding.UTF8.GetBytes($"{purpose}\n{id}")
        );

    private byte[] EncodePlace(string table, string row, string column, uint version) =>
        Encoding.UTF8.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"{installationId}\n{table}\n{row}\n{column}\n{version}")
        );

    private static void Encrypt(ReadOnlySpan<byte> key, ReadOnlySpan<byte> plaintext, byte[] place, Span<byte> target)
    {
        using var aes = new AesGcm(key, TagBytes);
        var nonce = target[..NonceBytes];
        RandomNumberGenerator.Fill(nonce);
        aes.Encrypt(nonce, plaintext, target.Slice(NonceBytes, plaintext.Length), target[^TagBytes..], place);
    }

    private static void Decrypt(ReadOnlySpan<byte> key, ReadOnlySpan<byte> source, byte[] place, Span<byte> plaintext)
    {
        using var aes = new AesGcm(key, TagBytes);
        aes.Decrypt(
            source[..NonceBytes],
            source.Slice(NonceBytes, plaintext.Length),
            source[^TagBytes..],
            plaintext,
            place
        );
    }

    private static StoreException Unopened(string table, string column, string why) =>
        new($"A sealed value of {table}.{column} does not open: {why}.");
}

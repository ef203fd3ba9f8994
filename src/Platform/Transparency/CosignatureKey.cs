using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace Culvert.Platform.Transparency;

/// <summary>The public key of a witness: Ed25519, type 0x04 of c2sp.org/signed-note, for cosignature/v1.</summary>
/// <param name="Name">The name of the witness.</param>
/// <param name="PublicKey">32 bytes (RFC 8032 §5.1.5).</param>
public sealed record CosignatureKey(string Name, byte[] PublicKey)
{
    private const byte CosignatureType = 0x04;

    /// <summary>The first four bytes of SHA-256 of name, line break, type and public key.</summary>
    public uint KeyId =>
        BinaryPrimitives.ReadUInt32BigEndian(
            SHA256.HashData([.. Encoding.UTF8.GetBytes(Name), (byte)'\n', CosignatureType, .. PublicKey])
        );

    /// <summary>Parses <c>name+id+base64</c>; null for another type, or when the id does not match.</summary>
    public static CosignatureKey? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Trim().Split('+', 3);
        if (
            parts is not [{ Length: > 0 } name, { } id, { } encoded]
            || name.Any(char.IsWhiteSpace)
            || !uint.TryParse(id, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var keyId)
        )
        {
            return null;
        }

        var bytes = new byte[encoded.Length];
        if (
            !Convert.TryFromBase64String(encoded, bytes, out var length)
            || length != 1 + Ed25519.PublicKeySize
            || bytes[0] != CosignatureType
            || !Ed25519.ValidatePublicKeyFull(bytes, 1)
        )
        {
            return null;
        }

        var key = new CosignatureKey(name, bytes[1..length]);
        return key.KeyId == keyId ? key : null;
    }

    /// <summary>The newest valid cosignature of this key; null: none. Other signatures are ignored.</summary>
    public Cosignature? Find(SignedNote note)
    {
        ArgumentNullException.ThrowIfNull(note);
        return note
            .Signatures.Where(line => line.Name == Name && line.KeyId == KeyId)
            .Select(line => Cosignature.Read(line))
            .OfType<Cosignature>()
            .Where(cosignature => HasMade(cosignature, note.Text))
            .MaxBy(cosignature => cosignature.At);
    }

    /// <summary>The text form for a verifier's configuration.</summary>
    public override string ToString() => $"{Name}+{KeyId:x8}+{Convert.ToBase64String([CosignatureType, .. PublicKey])}";

    public bool Equals(CosignatureKey? other) =>
        other is not null && Name == other.Name && PublicKey.AsSpan().SequenceEqual(other.PublicKey);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, KeyId);

    private bool HasMade(Cosignature cosignature, string text)
    {
        var message = cosignature.ToMessage(text);
        return Ed25519.Verify(cosignature.Signature.ToArray(), 0, PublicKey, 0, message, 0, message.Length);
    }
}

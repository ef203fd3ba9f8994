using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Culvert.Platform.Transparency;

/// <summary>The public half of a note's key: ECDSA on P-256 with SHA-256, type 0x02 of c2sp.org/signed-note.</summary>
/// <param name="Name">The key's name; a log's is its origin.</param>
/// <param name="PublicKey">DER of the SubjectPublicKeyInfo.</param>
public sealed record NoteKey(string Name, byte[] PublicKey)
{
    private const byte EcdsaType = 0x02;
    private const int P256Bits = 256;

    /// <summary>The first four bytes of the public key's SHA-256, as type 0x02 defines it.</summary>
    public uint KeyId => BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(PublicKey));

    /// <summary>Parses <c>name+id+base64</c>; null for another type, or when the id does not match.</summary>
    public static NoteKey? Parse(string text)
    {
        var parts = text.Trim().Split('+', 3);
        if (
            parts is not [{ Length: > 0 } name, { } id, { } encoded]
            || !uint.TryParse(id, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var keyId)
        )
        {
            return null;
        }

        var bytes = new byte[encoded.Length];
        if (
            !Convert.TryFromBase64String(encoded, bytes, out var length)
            || length < 2
            || bytes[0] != EcdsaType
            || !IsP256(bytes.AsSpan(1, length - 1))
        )
        {
            return null;
        }

        var key = new NoteKey(name, bytes[1..length]);
        return key.KeyId == keyId ? key : null;
    }

    /// <summary>Signs a note's text, which includes its last line break, with the private half.</summary>
    public NoteSignature Sign(ECDsa key, string text) =>
        new(
            Name,
            KeyId,
            key.SignData(Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)
        );

    /// <summary>Whether this key signed the note. Signatures of other keys are ignored.</summary>
    public bool HasSigned(SignedNote note)
    {
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(PublicKey, out _);
        return note.Signatures.Any(one =>
            one.Name == Name
            && one.KeyId == KeyId
            && key.VerifyData(
                Encoding.UTF8.GetBytes(note.Text),
                one.Value,
                HashAlgorithmName.SHA256,
                DSASignatureFormat.Rfc3279DerSequence
            )
        );
    }

    /// <summary>The text form for a verifier's configuration.</summary>
    public override string ToString() => $"{Name}+{KeyId:x8}+{Convert.ToBase64String([EcdsaType, .. PublicKey])}";

    private static bool IsP256(ReadOnlySpan<byte> publicKey)
    {
        try
        {
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(publicKey, out var read);
            return read == publicKey.Length && key.KeySize == P256Bits;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}

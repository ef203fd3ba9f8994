using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using Culvert.Ca.Encoding;

namespace Culvert.Ca.Keys;

/// <summary>
/// A strictly parsed <c>SubjectPublicKeyInfo</c> (RFC 5280 §4.1.2.7): only named curves and uncompressed points (RFC 5480
/// §2), RSA with NULL parameters (RFC 3279 §2.3.1) and limited sizes, so that verification is cheap.
/// </summary>
public sealed class SubjectPublicKey
{
    // A verification costs the square of the modulus; design.md allows registered authorities up to 8192 bits.
    private const int MaxRsaBits = 8192;
    private const int MinRsaBits = 1024;

    private string? sha256;

    // Cached imports, because importing costs a fifth of a verification.
    private ECDsa? lasting;
    private ECDsa? once;

    private SubjectPublicKey(
        ReadOnlyMemory<byte> encoded,
        ReadOnlyMemory<byte> keyBits,
        KeyAlgorithm algorithm,
        int bits
    )
    {
        Encoded = encoded;
        KeyBits = keyBits;
        Algorithm = algorithm;
        Bits = bits;
    }

    /// <summary>DER of the whole structure.</summary>
    public ReadOnlyMemory<byte> Encoded { get; }

    public KeyAlgorithm Algorithm { get; }

    /// <summary>Modulus or field size in bits.</summary>
    public int Bits { get; }

    public bool IsRsa { get; private init; }

    /// <summary>RSA: whether the exponent is 65537. Only old authorities have others.</summary>
    internal bool HasUsualExponent { get; private init; } = true;

    internal ReadOnlyMemory<byte> KeyBits { get; }

    /// <summary>Lower-case hex SHA-256 of <see cref="Encoded"/>, which identifies the key in lists.</summary>
    public string Sha256 => sha256 ??= Convert.ToHexStringLower(SHA256.HashData(Encoded.Span));

    /// <summary>Key identifier of our authorities: leftmost 160 bits of SHA-256 (RFC 7093 §2, method 1).</summary>
    public byte[] ComputeKeyIdentifier() => SHA256.HashData(KeyBits.Span)[..20];

    public bool IsSameKey(SubjectPublicKey other) => Encoded.Span.SequenceEqual(other.Encoded.Span);

    /// <summary>Keeps the key imported, for authorities, with which many signatures are verified.</summary>
    internal void StayImported()
    {
        if (!IsRsa && lasting is null && EcPoints.Import(Algorithm, KeyBits.Span) is { } made)
        {
            // Verifying is thread-safe, and a second thread's instance is garbage collected.
            Interlocked.CompareExchange(ref lasting, made, null);
        }
    }

    public static SubjectPublicKey? TryParse(ReadOnlyMemory<byte> encoded)
    {
        try
        {
            var reader = new AsnReader(encoded, AsnEncodingRules.DER);
            PublicKeyError error = Read(reader, out SubjectPublicKey? key);
            return error == PublicKeyError.None && !reader.HasData ? key : null;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    /// <param name="known">A key that was parsed before; an equal encoding is not checked again.</param>
    /// <param name="isProven">The import is kept, because a signature of the key is verified next.</param>
    /// <exception cref="AsnContentException">The bytes are not DER of that type.</exception>
    internal static PublicKeyError Read(
        AsnReader reader,
        out SubjectPublicKey? key,
        SubjectPublicKey? known = null,
        bool isProven = false
    )
    {
        key = null;
        ReadOnlyMemory<byte> encoded = reader.PeekEncodedValue();
        if (known is not null && encoded.Span.SequenceEqual(known.Encoded.Span))
        {
            reader.ReadEncodedValue();
            key = known;
            return PublicKeyError.None;
        }

        AsnReader sequence = reader.ReadSequence();
        AsnReader algorithm = sequence.ReadSequence();
        byte[] keyBits = sequence.ReadBitString(out int unusedBits);
        sequence.ThrowIfNotEmpty();
        string oid = algorithm.ReadObjectIdentifier();
        if (unusedBits != 0)
        {
            return PublicKeyError.Unsupported;
        }

        return oid switch
        {
            Oids.EcPublicKey => ReadEc(encoded, keyBits, algorithm, isProven, out key),
            Oids.RsaEncryption => ReadRsa(encoded, keyBits, algorithm, out key),
            _ => PublicKeyError.Unsupported,
        };
    }

    internal bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature, SignatureScheme scheme)
    {
        if (scheme.IsRsa != IsRsa)
        {
            return false;
        }

        try
        {
            if (IsRsa)
            {
                using RSA rsa = RSA.Create();
                rsa.ImportSubjectPublicKeyInfo(Encoded.Span, out _);
                return rsa.VerifyData(data, signature, scheme.Hash, scheme.Padding!);
            }

            if (lasting is { } shared)
            {
                return shared.VerifyData(data, signature, scheme.Hash, DSASignatureFormat.Rfc3279DerSequence);
            }

            using ECDsa ecdsa =
                Interlocked.Exchange(ref once, null)
                ?? EcPoints.Import(Algorithm, KeyBits.Span)
                ?? throw new CryptographicException("A point that was on its curve is so no more.");
            return ecdsa.VerifyData(data, signature, scheme.Hash, DSASignatureFormat.Rfc3279DerSequence);
        }
        catch (CryptographicException)
        {
            // A malformed signature is an invalid signature.
            return false;
        }
    }

    private static PublicKeyError ReadEc(
        ReadOnlyMemory<byte> encoded,
        byte[] point,
        AsnReader parameters,
        bool isProven,
        out SubjectPublicKey? key
    )
    {
        key = null;

        // RFC 5480 §2.1.1: implicit and explicit curve parameters must not be used.
        if (!parameters.HasData || !parameters.PeekTag().HasSameClassAndValue(Asn1Tag.ObjectIdentifier))
        {
            return PublicKeyError.Unsupported;
        }

        string curve = parameters.ReadObjectIdentifier();
        parameters.ThrowIfNotEmpty();
        (KeyAlgorithm algorithm, int bits, int coordinate) = curve switch
        {
            Oids.P256 => (KeyAlgorithm.EcdsaP256, 256, 32),
            Oids.P384 => (KeyAlgorithm.EcdsaP384, 384, 48),
            Oids.P521 => (KeyAlgorithm.EcdsaP521, 521, 66),
            _ => (KeyAlgorithm.Other, 0, 0),
        };

        // Only the uncompressed form (SEC 1 §2.3.3); infinity, the single octet 00, fails here, too.
        if (algorithm == KeyAlgorithm.Other || point.Length != 1 + (2 * coordinate) || point[0] != 0x04)
        {
            return PublicKeyError.Unsupported;
        }

        if (EcPoints.Import(algorithm, point) is not { } onCurve)
        {
            return PublicKeyError.Unsupported;
        }

        key = new SubjectPublicKey(encoded, point, algorithm, bits);
        if (isProven)
        {
            key.once = onCurve;
        }
        else
        {
            onCurve.Dispose();
        }

        return PublicKeyError.None;
    }

    private static PublicKeyError ReadRsa(
        ReadOnlyMemory<byte> encoded,
        byte[] keyBits,
        AsnReader parameters,
        out SubjectPublicKey? key
    )
    {
        key = null;
        if (!parameters.HasData || !parameters.PeekTag().HasSameClassAndValue(Asn1Tag.Null))
        {
            return PublicKeyError.Unsupported;
        }

        parameters.ReadNull();
        parameters.ThrowIfNotEmpty();
        var reader = new AsnReader(keyBits, AsnEncodingRules.DER);
        AsnReader sequence = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        ReadOnlySpan<byte> modulus = sequence.ReadIntegerBytes().Span;
        ReadOnlySpan<byte> exponent = sequence.ReadIntegerBytes().Span;
        sequence.ThrowIfNotEmpty();
        if (modulus.Length > (MaxRsaBits / 8) + 1 || exponent.Length > 4)
        {
            return PublicKeyError.Weak;
        }

        var n = new BigInteger(modulus, isBigEndian: true);
        var e = new BigInteger(exponent, isBigEndian: true);
        int bits = n.Sign > 0 ? (int)n.GetBitLength() : 0;
        if (bits is < MinRsaBits or > MaxRsaBits || e.IsEven || e < 3 || RsaModulus.IsFactorable(n))
        {
            return PublicKeyError.Weak;
        }

        KeyAlgorithm algorithm = bits switch
        {
            2048 => KeyAlgorithm.Rsa2048,
            3072 => KeyAlgorithm.Rsa3072,
            4096 => KeyAlgorithm.Rsa4096,
            _ => KeyAlgorithm.Other,
        };
        key = new SubjectPublicKey(encoded, keyBits, algorithm, bits) { IsRsa = true, HasUsualExponent = e == 65537 };
        return PublicKeyError.None;
    }
}

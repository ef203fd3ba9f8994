using System.Formats.Asn1;
using System.Numerics;

namespace Culvert.Ca.Keys.Pkcs12;

/// <summary>
/// Finds how a PKCS#12 file is protected (RFC 7292 §4), as far as this is visible without its password.
/// <code>
/// PFX { version, authSafe = data [ AuthenticatedSafe = ContentInfo* ], macData { digest, salt, iterations } }
/// ContentInfo = data [ SafeContents ] | encryptedData { version, { type, PBES2, content } }
/// SafeContents = SafeBag { id, [0] value }*;  shrouded key = { PBES2, octets }
/// </code>
/// </summary>
internal sealed class Pkcs12Inspection
{
    // Some tools write BER, with indefinite lengths and constructed strings, instead of DER.
    private const AsnEncodingRules Rules = AsnEncodingRules.BER;

    private const string Data = "1.2.840.113549.1.7.1";
    private const string EncryptedData = "1.2.840.113549.1.7.6";
    private const string KeyBag = "1.2.840.113549.1.12.10.1.1";
    private const string ShroudedKeyBag = "1.2.840.113549.1.12.10.1.2";
    private const string Pbes2 = "1.2.840.113549.1.5.13";
    private const string Pbkdf2 = "1.2.840.113549.1.5.12";

    private static readonly HashSet<string> Ciphers =
    [
        "2.16.840.1.101.3.4.1.2", // AES-128-CBC
        "2.16.840.1.101.3.4.1.22", // AES-192-CBC
        "2.16.840.1.101.3.4.1.42", // AES-256-CBC
    ];

    private static readonly Asn1Tag Explicit = new(TagClass.ContextSpecific, 0, isConstructed: true);

    /// <summary>The sum of the iterations of all key derivations in the file.</summary>
    public long Iterations { get; private set; }

    /// <summary>The iterations of the key derivation that has the most.</summary>
    public long MostIterations { get; private set; }

    /// <summary>The number of private keys that are not inside an encrypted part of the file.</summary>
    public int Keys { get; private set; }

    /// <summary>Why the protection is not acceptable; null if it is acceptable.</summary>
    public string? Error { get; private set; }

    /// <exception cref="AsnContentException">The input is not a PKCS#12 file.</exception>
    public void Read(byte[] file)
    {
        AsnReader pfx = new AsnReader(file, Rules).ReadSequence();
        pfx.ReadInteger();
        AsnReader safe = pfx.ReadSequence();
        if (safe.ReadObjectIdentifier() != Data)
        {
            Error = "It is protected by a public key, not by a password.";
            return;
        }

        AsnReader contents = new AsnReader(ReadOctets(safe), Rules).ReadSequence();
        while (contents.HasData)
        {
            ReadContent(contents.ReadSequence());
        }

        if (pfx.HasData)
        {
            AsnReader mac = pfx.ReadSequence();
            mac.ReadSequence();
            mac.ReadOctetString();
            Count(mac.HasData ? mac.ReadInteger() : BigInteger.One);
        }
        else
        {
            Error ??= "It carries no integrity check.";
        }
    }

    private void ReadContent(AsnReader content)
    {
        switch (content.ReadObjectIdentifier())
        {
            case Data:
                AsnReader bags = new AsnReader(ReadOctets(content), Rules).ReadSequence();
                while (bags.HasData)
                {
                    ReadBag(bags.ReadSequence());
                }

                break;
            case EncryptedData:
                AsnReader encrypted = content.ReadSequence(Explicit).ReadSequence();
                encrypted.ReadInteger();
                AsnReader info = encrypted.ReadSequence();
                info.ReadObjectIdentifier();
                ReadProtection(info.ReadSequence());
                break;
            default:
                Error ??= "A part of it is neither plain nor protected by a password.";
                break;
        }
    }

    private void ReadBag(AsnReader bag)
    {
        switch (bag.ReadObjectIdentifier())
        {
            case KeyBag:
                Keys++;
                Error ??= "Its key is not encrypted.";
                break;
            case ShroudedKeyBag:
                Keys++;
                ReadProtection(bag.ReadSequence(Explicit).ReadSequence().ReadSequence());
                break;
        }
    }

    // PBES2 and PBKDF2 have the parameters of RFC 8018 §6.2 and appendix A.
    private void ReadProtection(AsnReader algorithm)
    {
        if (algorithm.ReadObjectIdentifier() != Pbes2)
        {
            Error ??= "It is protected by an old scheme (RC2, RC4 or triple DES).";
            return;
        }

        AsnReader parameters = algorithm.ReadSequence();
        AsnReader derivation = parameters.ReadSequence();
        if (derivation.ReadObjectIdentifier() != Pbkdf2)
        {
            Error ??= "Its key derivation is not PBKDF2.";
            return;
        }

        AsnReader pbkdf2 = derivation.ReadSequence();
        pbkdf2.ReadOctetString();
        Count(pbkdf2.ReadInteger());
        if (!Ciphers.Contains(parameters.ReadSequence().ReadObjectIdentifier()))
        {
            Error ??= "It is not encrypted with AES.";
        }
    }

    private void Count(BigInteger iterations)
    {
        long bounded = (long)BigInteger.Min(BigInteger.Abs(iterations), int.MaxValue);
        Iterations += bounded;
        MostIterations = Math.Max(MostIterations, bounded);
    }

    private static byte[] ReadOctets(AsnReader content) => content.ReadSequence(Explicit).ReadOctetString();
}

using System.Security.Cryptography;

namespace Culvert.Platform.Certificates;

/// <summary>Explains text that is not PEM certificates, with a command that converts it.</summary>
public static class CertificateText
{
    private const string BlocksOnly = "sed -n '/^-----BEGIN /,/^-----END /p'";
    private const string Begin = "-----BEGIN ";

    // Enough base64 characters for the header and the type of PKCS#7.
    private const int HeadCharacters = 32;

    /// <summary>
    /// Null when the format is unknown, or when the text is only PEM certificates. Binary data read as text has lost
    /// bytes, but its format is still recognizable.
    /// </summary>
    public static CertificateAdvice? Explain(ReadOnlySpan<char> text)
    {
        text = text.TrimStart('\uFEFF').TrimStart();
        if (text.IsEmpty || text.Contains("PRIVATE KEY", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        if (IsDer(text))
        {
            return ExplainDer(text);
        }

        if (text.IndexOf(Begin, StringComparison.Ordinal) < 0)
        {
            // DER of a SEQUENCE of 128 or more octets, in base64.
            return text.StartsWith("MI", StringComparison.Ordinal)
                ? new CertificateAdvice(
                    "This is base64 without the lines of PEM.",
                    "openssl base64 -d -in FILE | openssl x509 -inform DER"
                )
                : null;
        }

        return ExplainBlocks(text);
    }

    private static CertificateAdvice? ExplainBlocks(ReadOnlySpan<char> text)
    {
        var hasText = false;
        while (true)
        {
            var begin = text.IndexOf(Begin, StringComparison.Ordinal);
            hasText |= !(begin < 0 ? text : text[..begin]).Trim().IsEmpty;
            if (begin < 0)
            {
                break;
            }

            // The search skips a damaged block.
            text = text[begin..];
            if (!PemEncoding.TryFind(text, out var fields) || fields.Location.Start.Value != 0)
            {
                return null;
            }

            if (ExplainBlock(text[fields.Label], text[fields.Base64Data]) is { } advice)
            {
                return advice;
            }

            text = text[fields.Location.End..];
        }

        return hasText
            ? new CertificateAdvice(
                "There is text before, between or after the PEM blocks, as openssl x509 -text and openssl pkcs12 write it: "
                    + "give the blocks alone. Of one certificate, openssl x509 -in FILE writes the block.",
                $"{BlocksOnly} FILE"
            )
            : null;
    }

    private static CertificateAdvice? ExplainBlock(ReadOnlySpan<char> label, ReadOnlySpan<char> base64)
    {
        switch (label)
        {
            case "PKCS7" or "PKCS #7 SIGNED DATA":
                return Pkcs7();
            case "X509 CERTIFICATE":
                return OtherLabel("X509 CERTIFICATE");
            case "TRUSTED CERTIFICATE":
                return OtherLabel("TRUSTED CERTIFICATE");
            case "CERTIFICATE":
                // certutil -encode labels every file like this.
                Span<byte> head = stackalloc byte[HeadCharacters];
                return
                    base64.Length >= HeadCharacters
                    && Convert.TryFromBase64Chars(base64[..HeadCharacters], head, out var length)
                    && IsPkcs7(ToText(head[..length]))
                    ? Pkcs7()
                    : null;
            default:
                return null;
        }
    }

    private static CertificateAdvice OtherLabel(string label) =>
        new($"A PEM block is labelled {label} instead of CERTIFICATE.", "openssl x509 -in FILE");

    private static CertificateAdvice Pkcs7(string form = "") =>
        new(
            "This is PKCS#7 (.p7b), a container of certificates.",
            $"openssl pkcs7 {form}-print_certs -in FILE | {BlocksOnly}"
        );

    private static CertificateAdvice ExplainDer(ReadOnlySpan<char> text)
    {
        if (IsPkcs7(text))
        {
            return Pkcs7("-inform DER ");
        }

        // PFX ::= SEQUENCE { version INTEGER 3, … }, RFC 7292 §4.
        return text[..Math.Min(text.Length, 10)].Contains("\u0002\u0001\u0003", StringComparison.Ordinal)
            ? new CertificateAdvice(
                "This is PKCS#12 (.pfx, .p12), a container of certificates and keys.",
                $"openssl pkcs12 -nokeys -in FILE | {BlocksOnly}"
            )
            : new CertificateAdvice("This is DER, not PEM.", "openssl x509 -inform DER -in FILE");
    }

    // A SEQUENCE of 128 octets or more: the octet after the tag has its highest bit set, which no base64 character has.
    private static bool IsDer(ReadOnlySpan<char> text) => text.Length > 1 && text[0] == '0' && text[1] > '\u007F';

    // ContentInfo (RFC 5652 §3), with an OBJECT IDENTIFIER 1.2.840.113549.1.7.…, after a header of two to six octets.
    // Only octets below 128 are certain to be unchanged in text.
    private static bool IsPkcs7(ReadOnlySpan<char> text) =>
        text[..Math.Min(text.Length, 10)].Contains("\u0006\u0009*", StringComparison.Ordinal);

    private static string ToText(ReadOnlySpan<byte> octets) => System.Text.Encoding.Latin1.GetString(octets);
}

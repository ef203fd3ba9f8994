using Culvert.Ca.Certificates;
using Culvert.Ca.Encoding;
using Culvert.Ca.Refusals;

namespace Culvert.Ca.Authorities;

/// <summary>Reads pasted certificates; checks for private keys first.</summary>
internal static class AuthorityReader
{
    public static CaResult<IReadOnlyList<ParsedCertificate>> Read(string pem, int maxCharacters, int maxCertificates)
    {
        if (pem.Contains("PRIVATE KEY", StringComparison.OrdinalIgnoreCase))
        {
            return Secret();
        }

        if (pem.Length > maxCharacters)
        {
            return new CaRefusal(CaErrorCodes.RequestTooLarge, $"The input is larger than {maxCharacters} octets.");
        }

        PemError error = StrictPem.Read(pem, maxCertificates, out List<PemBlock> blocks);

        // Every readable block is searched first, so that a key after a damaged or surplus block is reported as a key.
        if (blocks.Exists(block => LooksLikeKey(block.Data)))
        {
            return Secret();
        }

        switch (error)
        {
            case PemError.Empty:
                return new CaRefusal(CaErrorCodes.CaMalformed, "The input is empty.");
            case PemError.Malformed:
                return new CaRefusal(CaErrorCodes.CaMalformed, "The input is not PEM, or a block is damaged.");
            case PemError.TrailingData when maxCertificates > 1 && blocks.Count == maxCertificates:
                return new CaRefusal(CaErrorCodes.CaChain, $"A chain has at most {maxCertificates} certificates.");
            case PemError.TrailingData:
                return new CaRefusal(
                    CaErrorCodes.CaMalformed,
                    maxCertificates == 1
                        ? "Exactly one certificate is expected, and nothing around it."
                        : $"At most {maxCertificates} certificates are expected, and nothing around them."
                );
        }

        return Parse(blocks);
    }

    private static CaResult<IReadOnlyList<ParsedCertificate>> Parse(List<PemBlock> blocks)
    {
        List<ParsedCertificate> certificates = [];
        foreach (PemBlock block in blocks)
        {
            if (block.Label != "CERTIFICATE")
            {
                return new CaRefusal(CaErrorCodes.CaMalformed, "A PEM block is not of type CERTIFICATE.");
            }

            if (ParsedCertificate.TryParse(block.Data) is not { } certificate)
            {
                return new CaRefusal(
                    CaErrorCodes.CaMalformed,
                    "A PEM block does not contain exactly one DER certificate."
                );
            }

            // Tools that write a certificate and then its chain, which begins with it, write it twice.
            if (certificates is [.., { } last] && last.Encoded.Span.SequenceEqual(certificate.Encoded.Span))
            {
                continue;
            }

            certificates.Add(certificate);
        }

        return certificates;
    }

    /// <summary>
    /// Detects a private key under a false label. PKCS#1, PKCS#8, SEC 1 and PKCS#12 all begin with a SEQUENCE whose first
    /// element is a small INTEGER (an encrypted PKCS#8 key is recognised by its label); a certificate begins with a SEQUENCE
    /// in a SEQUENCE.
    /// </summary>
    private static bool LooksLikeKey(byte[] der)
    {
        const byte Sequence = 0x30;
        const byte Integer = 0x02;
        if (der.Length < 6 || der[0] != Sequence)
        {
            return false;
        }

        int header = der[1] < 0x80 ? 2 : 2 + (der[1] & 0x7f);
        return header + 3 <= der.Length && der[header] == Integer && der[header + 1] == 1 && der[header + 2] <= 3;
    }

    private static CaRefusal Secret() =>
        new(
            CaErrorCodes.CaSecretInInput,
            "The input contains a private key; it was discarded. Treat the key as disclosed."
        );
}

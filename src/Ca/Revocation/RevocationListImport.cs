using Culvert.Ca.Certificates;
using Culvert.Ca.Encoding;
using Culvert.Ca.Refusals;

namespace Culvert.Ca.Revocation;

/// <summary>Checks a list that a foreign authority signed before its import (bad-input row 49).</summary>
public static class RevocationListImport
{
    /// <summary>Limit of the DER. Larger lists should be split into shards.</summary>
    public const int MaxBytes = 512 * 1024;

    private static readonly string[] KnownCritical =
    [
        Oids.AuthorityKeyIdentifier,
        Oids.CrlNumber,
        Oids.IssuingDistributionPoint,
    ];

    /// <summary>Parses PEM (<c>X509 CRL</c>) or base64 of the DER, and checks it against its authority.</summary>
    /// <param name="text">The uploaded text.</param>
    /// <param name="authority">The expected issuer.</param>
    /// <param name="now">Time of the check.</param>
    public static CaResult<ParsedRevocationList> Check(string text, ParsedCertificate authority, DateTimeOffset now)
    {
        if (text.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
        {
            return new CaRefusal(CaErrorCodes.CaSecretInInput, "The input contains a private key; it was discarded.");
        }

        // Base64 takes four characters per three octets, plus line breaks and labels.
        if (text.Length > MaxBytes / 3 * 4 * 1.05)
        {
            return TooLarge();
        }

        if (Decode(text) is not { } der)
        {
            return new CaRefusal(CaErrorCodes.CrlMalformed, "The input is neither PEM (X509 CRL) nor base64 of DER.");
        }

        if (der.Length > MaxBytes)
        {
            return TooLarge();
        }

        ParsedRevocationList? list = ParsedRevocationList.TryParse(der);
        if (list is null)
        {
            return new CaRefusal(CaErrorCodes.CrlMalformed, "The bytes are not one DER revocation list.");
        }

        return CheckRules(list, authority, now) is { } refusal ? refusal : list;
    }

    private static CaRefusal? CheckRules(ParsedRevocationList list, ParsedCertificate authority, DateTimeOffset now)
    {
        if (!list.Issuer.HasSameEncoding(authority.Subject))
        {
            return new CaRefusal(CaErrorCodes.CrlIssuer, "The list's issuer is another name than the authority's.");
        }

        if (
            list.AuthorityKeyIdentifier is { } identifier
            && authority.SubjectKeyIdentifier is { } own
            && !identifier.Span.SequenceEqual(own.Span)
        )
        {
            return new CaRefusal(CaErrorCodes.CrlIssuer, "The list was signed with another key of that name.");
        }

        if (authority.KeyUsage is { } usage && !usage.HasFlag(KeyUsages.CrlSign))
        {
            return new CaRefusal(CaErrorCodes.CrlIssuer, "The authority's key usage lacks cRLSign.");
        }

        if (authority.PublicKey is not { } key || !list.IsSignedBy(key))
        {
            return new CaRefusal(CaErrorCodes.CrlSignatureInvalid, "The signature does not verify.");
        }

        if (list.IsDelta)
        {
            return new CaRefusal(CaErrorCodes.CrlDelta, "Delta lists are not accepted: import complete lists.");
        }

        if (list.HasForeignEntries || list.DistributionPoint is { IsIndirect: true })
        {
            return new CaRefusal(CaErrorCodes.CrlIndirect, "Indirect lists are not accepted.");
        }

        if (list.DistributionPoint is { OnlySomeReasons: true } or { OnlyOthers: true })
        {
            return new CaRefusal(CaErrorCodes.CrlNonconformant, "The list does not cover leaves for every reason.");
        }

        if (
            list.Version != 2
            || list.Number is null
            || list.Number.Value.Sign < 0
            || list.HasBadTime
            || list.HasUnknownCriticalEntry
            || list.Extensions.DistinctBy(extension => extension.Oid).Count() != list.Extensions.Count
            || list.Extensions.Any(extension => extension.Critical && !KnownCritical.Contains(extension.Oid))
        )
        {
            return new CaRefusal(
                CaErrorCodes.CrlNonconformant,
                "Version 2, a number, times in Z and known, single extensions are required."
            );
        }

        if (list.ThisUpdate > now)
        {
            return new CaRefusal(CaErrorCodes.CrlExpired, "The list is from the future.");
        }

        return list.NextUpdate is { } next && next > now
            ? null
            : new CaRefusal(CaErrorCodes.CrlExpired, "The list's nextUpdate is missing or past.");
    }

    private static byte[]? Decode(string text)
    {
        string trimmed = text.Trim();
        if (trimmed.StartsWith("-----BEGIN", StringComparison.Ordinal))
        {
            return
                StrictPem.Read(trimmed, maxBlocks: 1, out List<PemBlock> blocks) == PemError.None
                && blocks[0].Label == "X509 CRL"
                ? blocks[0].Data
                : null;
        }

        byte[] data = new byte[trimmed.Length];
        return Convert.TryFromBase64String(trimmed, data, out int written) && written > 0 ? data[..written] : null;
    }

    private static CaRefusal TooLarge() =>
        new(CaErrorCodes.CrlTooLarge, $"A list may have at most {MaxBytes / 1024} KiB.");
}

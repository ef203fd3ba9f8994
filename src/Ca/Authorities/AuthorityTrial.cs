using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.Ca.Certificates;
using Culvert.Ca.Encoding;
using Culvert.Ca.Issuance;
using Culvert.Ca.Keys;
using Culvert.Ca.Names;
using Culvert.Ca.Orders;
using Culvert.Ca.Profiles;
using Culvert.Ca.Refusals;

namespace Culvert.Ca.Authorities;

/// <summary>
/// Proves that an authority works before it is used. It issues a leaf for a temporary key and verifies it up to the root
/// twice: with our own checks, and with the platform's verifier (OpenSSL), which shares no code with them.
/// </summary>
public static class AuthorityTrial
{
    /// <summary>Returns null when a leaf under the authority verifies; otherwise the result of each verifier.</summary>
    /// <param name="chain">The result of <see cref="AuthorityRegistration.CheckChain"/>, root last.</param>
    /// <param name="key">The authority's key.</param>
    /// <param name="profile">Profile of the leaves.</param>
    /// <param name="names">Names of the leaves.</param>
    /// <param name="serial">Serial number of the trial leaf, which must not be used again.</param>
    /// <param name="now">Time of the trial.</param>
    public static CaRefusal? Run(
        IReadOnlyList<ParsedCertificate> chain,
        IssuerKey key,
        CertificateProfile profile,
        GrantedNames names,
        SerialNumber serial,
        DateTimeOffset now
    )
    {
        CaResult<ParsedCertificate> leaf = MakeLeaf(chain, key, profile, names, serial, now);
        if (leaf.Succeeded)
        {
            return Verify(leaf.Value, chain, now);
        }

        // A key that does not respond proves nothing about the chain.
        return leaf.Refusal.Code == CaErrorCodes.SignerUnavailable
            ? leaf.Refusal
            : Failed($"not issued: {leaf.Refusal.Message}");
    }

    internal static CaResult<ParsedCertificate> MakeLeaf(
        IReadOnlyList<ParsedCertificate> chain,
        IssuerKey key,
        CertificateProfile profile,
        GrantedNames names,
        SerialNumber serial,
        DateTimeOffset now
    )
    {
        using IssuerKey leafKey = IssuerKey.Generate(KeyAlgorithm.EcdsaP256);
        var order = new IssuanceOrder
        {
            Issuer = Issuer.FromChain(chain),
            Profile = profile,
            PublicKey = leafKey.PublicKey,
            Names = names,
            Serial = serial,
            Now = now,
            Life = profile.MinLife,
        };
        CaResult<IssuancePlan> plan = IssuancePlan.Prepare(order);
        if (!plan.Succeeded)
        {
            return plan.Refusal;
        }

        CaResult<IssuedCertificate> leaf = plan.Value.Redeem(key);
        return leaf.Succeeded ? leaf.Value.Certificate : leaf.Refusal;
    }

    internal static CaRefusal? Verify(
        ParsedCertificate leaf,
        IReadOnlyList<ParsedCertificate> chain,
        DateTimeOffset now
    )
    {
        string? own = FindOwnError(leaf, chain, now);
        string? openSsl = FindPlatformError(leaf, chain, now);
        return own is null && openSsl is null
            ? null
            : Failed($"our own checks: {own ?? "verified"}; OpenSSL: {openSsl ?? "verified"}");
    }

    // RFC 5280 §6.1.3 and §6.1.4, along the path from the leaf: signature, period, name, constraints, purpose.
    private static string? FindOwnError(
        ParsedCertificate leaf,
        IReadOnlyList<ParsedCertificate> chain,
        DateTimeOffset now
    )
    {
        ParsedCertificate below = leaf;
        for (int i = 0; i < chain.Count; i++)
        {
            ParsedCertificate issuer = chain[i];
            if (!below.Issuer.HasSameEncoding(issuer.Subject))
            {
                return "the names do not link";
            }

            if (issuer.PublicKey is not { } key || !below.IsSignedBy(key))
            {
                return "a signature does not verify";
            }

            if (now < issuer.NotBefore || now >= issuer.NotAfter.AddSeconds(1))
            {
                return "a certificate above the leaf is not valid now";
            }

            if (issuer.BasicConstraints is not { IsAuthority: true } basic || basic.PathLength < i)
            {
                return "a certificate above the leaf may not issue it";
            }

            if (issuer.KeyUsage is { } usage && !usage.HasFlag(KeyUsages.KeyCertSign))
            {
                return "a certificate above the leaf may not sign certificates";
            }

            if (issuer.ExtendedKeyUsages is { } purposes && !purposes.Contains(Oids.ServerAuth))
            {
                return "a certificate above the leaf is for other purposes";
            }

            if (
                issuer.NameConstraints is { } constraints
                && leaf.SubjectAlternativeNames?.All(name =>
                    constraints.Allows(name.Kind, name.Text, name.Content.Span)
                ) != true
            )
            {
                return "a name of the leaf is outside the name constraints";
            }

            below = issuer;
        }

        return null;
    }

    private static string? FindPlatformError(
        ParsedCertificate leaf,
        IReadOnlyList<ParsedCertificate> chain,
        DateTimeOffset now
    )
    {
        List<X509Certificate2> loaded = [.. chain.Append(leaf).Select(Load)];
        try
        {
            using var verifier = new X509Chain();
            verifier.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            verifier.ChainPolicy.CustomTrustStore.Add(loaded[chain.Count - 1]);
            verifier.ChainPolicy.ExtraStore.AddRange(loaded.Take(chain.Count - 1).ToArray());
            verifier.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            verifier.ChainPolicy.DisableCertificateDownloads = true;
            verifier.ChainPolicy.VerificationTime = now.UtcDateTime;
            verifier.ChainPolicy.ApplicationPolicy.Add(new Oid(Oids.ServerAuth));
            return verifier.Build(loaded[^1])
                ? null
                : string.Join(", ", verifier.ChainStatus.Select(status => status.Status));
        }
        finally
        {
            loaded.ForEach(certificate => certificate.Dispose());
        }
    }

    private static X509Certificate2 Load(ParsedCertificate certificate) =>
        X509CertificateLoader.LoadCertificate(certificate.Encoded.Span);

    private static CaRefusal Failed(string verdict) =>
        new(CaErrorCodes.CaTrialFailed, $"A trial certificate under this authority does not verify: {verdict}");
}

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.Ca.Certificates;
using Culvert.Ca.Encoding;
using Culvert.Ca.Issuance;
using Culvert.Ca.Keys;
using Culvert.Ca.Names;
using Culvert.Ca.Profiles;
using Culvert.Ca.Refusals;

namespace Culvert.Ca.Authorities;

/// <summary>
/// Proof that an authority is usable before anybody relies on it: a leaf for a key that is thrown away, verified up to
/// the root by the platform's own verifier, which shares no code with our checks.
/// </summary>
public static class AuthorityTrial
{
    /// <summary>Null when a leaf under the authority verifies.</summary>
    /// <param name="chain">As <see cref="AuthorityRegistration.CheckChain"/> returned it, root last.</param>
    /// <param name="key">The authority's key.</param>
    /// <param name="profile">Profile of the leaves.</param>
    /// <param name="names">Names of the leaves.</param>
    /// <param name="serial">Serial number of the trial leaf; it is not used again.</param>
    /// <param name="now">Moment of the trial.</param>
    public static CaRefusal? Run(
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
            return Failed(plan.Refusal.Message);
        }

        CaResult<IssuedCertificate> leaf = plan.Value.Redeem(key);
        if (leaf.Succeeded)
        {
            return Verify(leaf.Value.Certificate, chain, now);
        }

        // A key that does not answer says nothing about the chain.
        return leaf.Refusal.Code == CaErrorCodes.SignerUnavailable ? leaf.Refusal : Failed(leaf.Refusal.Message);
    }

    private static CaRefusal? Verify(ParsedCertificate leaf, IReadOnlyList<ParsedCertificate> chain, DateTimeOffset now)
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
                : Failed(string.Join(", ", verifier.ChainStatus.Select(status => status.Status)));
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

using System.Security.Cryptography;
using Culvert.Ca.Issuance;
using Culvert.Ca.Keys;
using Culvert.Ca.Names;
using Culvert.Ca.Profiles;
using Culvert.Identity.Service.Audit;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Sealing;

namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

/// <summary>
/// Makes the authorities of the platform CA. An authority's certificate is worth nothing before its row exists, because
/// its sealed key lies in the same row: one commit holds both, after signing.
/// </summary>
internal sealed class PlatformAuthorityMaker(
    IPlatformAuthorityStore store,
    IJournal journal,
    ISealer sealer,
    ServiceOptions options,
    StoreNode node,
    TimeProvider time,
    ILogger<PlatformAuthorityMaker> logger
)
{
    // Part of a sealed value's associated data: renaming them would close every stored key.
    private const string Table = "platform_authorities";
    private const string Column = "sealed_key";

    public async Task<PlatformAuthority> MakeRootAsync(CancellationToken cancellationToken)
    {
        using var key = IssuerKey.Generate(KeyAlgorithm.EcdsaP384);
        var name = DistinguishedName.FromCommonName(NameOf("root"));
        var profile = StandardProfiles.PlatformRoot() with
        {
            DefaultLife = options.PlatformCa.RootLife,
            MaxLife = options.PlatformCa.RootLife,
        };
        return await MakeAsync(
            PlatformTier.Root,
            Issuer.Self(name, key.PublicKey),
            key,
            name,
            key,
            profile,
            cancellationToken
        );
    }

    public async Task<PlatformAuthority> MakeIssuingAsync(PlatformAuthority root, CancellationToken cancellationToken)
    {
        using var rootKey = OpenKey(root);
        using var key = IssuerKey.Generate(KeyAlgorithm.EcdsaP256);
        var profile = StandardProfiles.PlatformIssuing() with
        {
            DefaultLife = options.PlatformCa.IssuingLife,
            MaxLife = options.PlatformCa.IssuingLife,
        };
        return await MakeAsync(
            PlatformTier.Issuing,
            Issuer.FromChain([root.Certificate]),
            rootKey,
            DistinguishedName.FromCommonName(NameOf("issuing")),
            key,
            profile,
            cancellationToken
        );
    }

    /// <summary>The authority's key; the caller disposes of it.</summary>
    public IssuerKey OpenKey(PlatformAuthority authority)
    {
        var pkcs8 = sealer.Unseal(Table, authority.Id.Value, Column, authority.SealedKey);
        try
        {
            return IssuerKey.Import(pkcs8);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    private async Task<PlatformAuthority> MakeAsync(
        PlatformTier tier,
        Issuer issuer,
        IssuerKey issuerKey,
        DistinguishedName subject,
        IssuerKey key,
        CertificateProfileOptions profile,
        CancellationToken cancellationToken
    )
    {
        var plan = IssuancePlan.Prepare(
            new IssuanceOrder
            {
                Issuer = issuer,
                Profile = CertificateProfile.CreateValid(profile),
                PublicKey = key.PublicKey,
                Subject = subject,
                Serial = SerialNumber.Draw((byte)node.Id),
                Now = time.GetUtcNow(),
            }
        );
        var issued = plan.Succeeded
            ? plan.Value.Redeem(issuerKey)
            : throw new InvalidOperationException($"The platform CA cannot be made: {plan.Refusal.Message}");
        if (!issued.Succeeded)
        {
            throw new InvalidOperationException($"The platform CA cannot be made: {issued.Refusal.Message}");
        }

        var id = CertificateAuthorityId.New();
        var authority = new PlatformAuthority
        {
            Id = id,
            Tier = tier,
            Certificate = issued.Value.Certificate,
            SealedKey = key.UsePkcs8(pkcs8 => sealer.Seal(Table, id.Value, Column, pkcs8)),
            CreatedAt = time.GetUtcNow(),
        };
        await RecordAsync(authority, cancellationToken);
        return authority;
    }

    private async Task RecordAsync(PlatformAuthority authority, CancellationToken cancellationToken)
    {
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = new PlatformAuthorityCreated(authority)
                {
                    At = authority.CreatedAt,
                    Actor = AuditActor.System,
                    Resources = [new AuditResource("platform_authority", authority.Id.Value)],
                },
                Statements = [store.Insert(authority)],
            },
            cancellationToken
        );
        if (result.RefusalIfUnavailable() is { } refusal)
        {
            throw new StoreException(refusal.Message);
        }

        Log.AuthorityMade(
            logger,
            authority.Tier.ToString(),
            authority.Certificate.Fingerprint,
            authority.Certificate.NotAfter
        );
    }

    // Two roots of one trust domain are told apart by their dates; a common name has at most 64 characters.
    private string NameOf(string tier)
    {
        var text = $"Culvert platform {tier} {time.GetUtcNow():yyyy-MM} {options.TrustDomain}";
        return text.Length <= 64 ? text : text[..64];
    }
}

using System.Security.Cryptography;
using Culvert.Ca.Certificates;
using Culvert.Ca.Issuance;
using Culvert.Ca.Keys;
using Culvert.Ca.Names;
using Culvert.Ca.Orders;
using Culvert.Ca.Profiles;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Sealing;

namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

/// <summary>
/// Creates the authorities of the platform CA. One commit stores certificate and sealed key, after signing: the
/// certificate is useless before.
/// </summary>
internal sealed class PlatformAuthorityMaker(
    PlatformAuthorityStore store,
    IJournal journal,
    Sealer sealer,
    ServiceIdentity identity,
    PlatformCaOptions options,
    StoreNode node,
    TimeProvider time,
    ILogger<PlatformAuthorityMaker> logger
)
{
    // Part of a sealed value's associated data: after a change, no stored key could be opened.
    private const string Table = "platform_authorities";
    private const string Column = "sealed_key";

    /// <summary>Validity of a link: a machine that was offline for less time recovers automatically (S11).</summary>
    public static readonly TimeSpan LinkLife = TimeSpan.FromDays(400);

    public async Task<PlatformAuthority> MakeRootAsync(CancellationToken cancellationToken)
    {
        using var key = IssuerKey.Generate(KeyAlgorithm.EcdsaP384);
        var root = SignRoot(key, CreateName("root"));
        await RecordAsync(root, cancellationToken);
        return root;
    }

    /// <summary>Signs the next root, and a link certified by the current one. The caller stores both.</summary>
    public (PlatformAuthority Root, PlatformLink Link) SignSuccessor(
        PlatformAuthority present,
        long epoch,
        string madeBy
    )
    {
        using var key = IssuerKey.Generate(KeyAlgorithm.EcdsaP384);
        // Two roots of one month would have the same name; verifiers find issuers by name.
        var root = SignRoot(key, CreateName($"root {key.PublicKey.Sha256[..8]}")) with
        {
            State = RootState.Staged,
            AddedEpoch = epoch,
            MadeBy = madeBy,
        };
        using var presentKey = OpenKey(present);
        var rest = present.Certificate.NotAfter - time.GetUtcNow();
        var life = rest < LinkLife ? rest : LinkLife;
        var link = Sign(
            Issuer.FromChain([present.Certificate]),
            presentKey,
            root.Certificate.Subject,
            key.PublicKey,
            StandardProfiles.PlatformRoot() with
            {
                Name = "platform-link",
                DefaultLife = life,
                MaxLife = life,
            }
        );
        return (root, new PlatformLink(root.Id.Value, present.Id.Value, link));
    }

    public async Task<PlatformAuthority> MakeIssuingAsync(PlatformAuthority root, CancellationToken cancellationToken)
    {
        using var rootKey = OpenKey(root);
        using var key = IssuerKey.Generate(KeyAlgorithm.EcdsaP256);
        var certificate = Sign(
            Issuer.FromChain([root.Certificate]),
            rootKey,
            DistinguishedName.FromCommonName(CreateName("issuing")),
            key.PublicKey,
            StandardProfiles.PlatformIssuing() with
            {
                DefaultLife = options.IssuingLife,
                MaxLife = options.IssuingLife,
            }
        );
        var issuing = CreateAuthority(PlatformTier.Issuing, key, certificate) with { RootId = root.Id.Value };
        await RecordAsync(issuing, cancellationToken);
        return issuing;
    }

    /// <summary>The caller disposes of the key.</summary>
    public IssuerKey OpenKey(PlatformAuthority authority)
    {
        var pkcs8 = sealer.Unseal(
            Table,
            authority.Id.Value,
            Column,
            authority.SealedKey ?? throw new InvalidOperationException("The authority's key was destroyed.")
        );
        try
        {
            return IssuerKey.Import(pkcs8);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    private PlatformAuthority SignRoot(IssuerKey key, string commonName)
    {
        var name = DistinguishedName.FromCommonName(commonName);
        var certificate = Sign(
            Issuer.Self(name, key.PublicKey),
            key,
            name,
            key.PublicKey,
            StandardProfiles.PlatformRoot() with
            {
                DefaultLife = options.RootLife,
                MaxLife = options.RootLife,
            }
        );
        return CreateAuthority(PlatformTier.Root, key, certificate);
    }

    private PlatformAuthority CreateAuthority(PlatformTier tier, IssuerKey key, ParsedCertificate certificate)
    {
        var (id, now) = (CertificateAuthorityId.New(), time.GetStoreNow());
        return new PlatformAuthority
        {
            Id = id,
            Tier = tier,
            Certificate = certificate,
            SealedKey = key.UsePkcs8(pkcs8 => sealer.Seal(Table, id.Value, Column, pkcs8)),
            CreatedAt = now,
            StateSince = now,
        };
    }

    private ParsedCertificate Sign(
        Issuer issuer,
        IssuerKey issuerKey,
        DistinguishedName subject,
        SubjectPublicKey publicKey,
        CertificateProfileOptions profile
    )
    {
        var now = time.GetUtcNow();
        var plan = IssuancePlan.Prepare(
            new IssuanceOrder
            {
                Issuer = issuer,
                Profile = CertificateProfile.CreateValid(profile),
                PublicKey = publicKey,
                Subject = subject,
                Serial = SerialNumber.Draw((byte)node.Id, now),
                Now = now,
            }
        );
        var issued = plan.Succeeded
            ? plan.Value.Redeem(issuerKey)
            : throw new InvalidOperationException($"Creating the platform CA failed: {plan.Refusal.Message}");
        return issued.Succeeded
            ? issued.Value.Certificate
            : throw new InvalidOperationException($"Creating the platform CA failed: {issued.Refusal.Message}");
    }

    private async Task RecordAsync(PlatformAuthority authority, CancellationToken cancellationToken)
    {
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = PlatformAuthorityEvents.Created(AuditOrigin.System(authority.CreatedAt), authority),
                Statements = [store.Insert(authority)],
            },
            cancellationToken
        );
        if (result.RefusalUnlessCommitted() is { } refusal)
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

    // The month distinguishes two roots of one trust domain; a common name has at most 64 characters.
    private string CreateName(string tier)
    {
        var text = $"Culvert platform {tier} {time.GetUtcNow():yyyy-MM} {identity.TrustDomain}";
        return text.Length <= 64 ? text : text[..64];
    }
}

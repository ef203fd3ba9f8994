using Culvert.Ca.Keys;
using Culvert.Ca.Refusals;
using Culvert.Identity.Service.Certificates.PlatformAuthorities;
using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>
/// Which keys are certified for whom. What needs the store is asked by the intent's own statement, in the commit: two
/// requests at once cannot both win.
/// </summary>
internal sealed class CertifiableKeys(BlockedKeys blocked, PlatformCa platform, CertificateStore store)
{
    /// <summary>What can be checked without the store; null = no objection.</summary>
    public Refusal? Check(SubjectPublicKey key)
    {
        if (blocked.Contains(key.Sha256))
        {
            return IssuanceErrors.KeyBlocked.Refuse();
        }

        return platform.Holds(key) ? IsAuthoritys() : null;
    }

    /// <summary>Why the intent's statement refused the key.</summary>
    public async ValueTask<Refusal> ExplainAsync(
        SubjectPublicKey key,
        string? tunnelId,
        CancellationToken cancellationToken
    ) =>
        await store.FindKeyUseAsync(key, tunnelId, cancellationToken) switch
        {
            KeyUse.Authority => IsAuthoritys(),
            KeyUse.Compromised => IssuanceErrors.KeyBlocked.Refuse(),
            _ => IssuanceErrors.KeyReused.Refuse(),
        };

    private static Refusal IsAuthoritys() =>
        new CaRefusal(
            CaErrorCodes.KeyIsCaKey,
            "The key in the signing request is the key of a certificate authority."
        ).ToRefusal();
}

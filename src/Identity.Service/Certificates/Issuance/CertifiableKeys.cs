using Culvert.Ca.Keys;
using Culvert.Ca.Refusals;
using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>
/// Decides which keys are certified for which identity. The intent's commit checks what needs the store: two concurrent
/// requests cannot both succeed.
/// </summary>
internal sealed class CertifiableKeys(
    BlockedKeys blocked,
    Func<SubjectPublicKey, bool> isOfPlatformCa,
    CertificateStore store
)
{
    /// <summary>What can be checked without the store; null = no objection.</summary>
    public Refusal? Check(SubjectPublicKey key)
    {
        if (blocked.Contains(key.Sha256))
        {
            return IssuanceErrors.KeyBlocked.Refuse();
        }

        return isOfPlatformCa(key) ? IsAuthoritys() : null;
    }

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

using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.History;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tokens.Binding;
using Culvert.Identity.Service.Tokens.Revocations;
using Culvert.Identity.Service.Tokens.SigningKeys;
using Culvert.Platform.Health;

namespace Culvert.Identity.Service.Exchange;

/// <summary>
/// The last checks before a grant is committed: 1. what the token is made of is not revoked, 2. the identity is within
/// its quota, 3. the DPoP proof is consumed, which only an entitled caller may cause.
/// </summary>
internal sealed class GrantGate(
    ExchangeLimits limits,
    SigningKeyRing keys,
    RevocationSet revocations,
    RequestBinding binding,
    FederationDirectory directory
)
{
    /// <summary>Not ready while this node refuses exchanges because its memory may lack a committed change.</summary>
    public ReadinessCheck Readiness =>
        ReadinessCheck.Create(
            "changes",
            () =>
                directory.IsStale || IsStale
                    ? "Committed changes may be missing in this node's memory, since reading them from the store fails or "
                        + "takes too long: exchanges are refused."
                    : null
        );

    private bool IsStale => keys.IsStale || revocations.IsStale;

    /// <summary>Null if allowed; otherwise a temporary obstacle, which is not a denial and leaves no history.</summary>
    public Refusal? TryPass(in ProvenBinding proven, Grant grant)
    {
        if (IsStale)
        {
            return StorageErrors.Unavailable.Refuse();
        }

        if (limits.TryTake(grant.Source.IssuerId, grant.Source.SubjectHash) is { } limited)
        {
            return limited;
        }

        return binding.Use(proven) switch
        {
            BindingError.None => null,
            var error => BindingRefusals.ToRefusal(error),
        };
    }

    /// <summary>Null if neither the token's family nor its rule, principal or subject is revoked.</summary>
    public Denial? CheckRevocation(Grant grant, AssertionContext context) =>
        CheckRevocation(
            grant,
            context.Now,
            context.Claims.TryFind("iat"u8, out var iat) && iat.TryReadNumericDate(out var issuedAt) ? issuedAt : null
        );

    /// <param name="grant">What is about to be issued.</param>
    /// <param name="issuedAt">The time that a revocation must cover.</param>
    /// <param name="assertionIssuedAt">The time that a revocation of the subject must cover; null = the same.</param>
    public Denial? CheckRevocation(Grant grant, DateTimeOffset issuedAt, long? assertionIssuedAt = null)
    {
        var traits = new TokenTraits
        {
            OrganizationId = grant.OrganizationId,
            IssuedAt = issuedAt.ToUnixTimeSeconds(),
            AssertionIssuedAt = assertionIssuedAt,
            Family = grant.Family,
            RuleId = grant.Rule.Rule.Id.Value,
            RuleVersion = grant.RuleVersion,
            Principal = grant.Rule.Account.Id.Value,
            IssuerId = grant.Source.IssuerId,
            SubjectHash = grant.Source.SubjectHash,
        };
        return revocations.IsRevoked(traits) ? new Denial(DenialReason.TokenRevoked) : null;
    }
}

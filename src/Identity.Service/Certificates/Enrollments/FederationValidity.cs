using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Federation.ServiceAccounts;
using Culvert.Identity.Service.Federation.Workspaces;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tenants;
using Culvert.Identity.Service.Tokens.Revocations;
using Culvert.Identity.Service.Tunnels.Machines;

namespace Culvert.Identity.Service.Certificates.Enrollments;

internal sealed class FederationValidity(
    IRuleStore rules,
    IssuerStore issuers,
    ServiceAccountStore accounts,
    MembershipStore memberships,
    TenantStore tenants,
    TokenRevocationStore revocations,
    TimeProvider time
) : IFederationValidity
{
    public async ValueTask<RuleValidity?> FindAsync(
        string organizationId,
        string? workspaceId,
        EnrollmentProof proof,
        CancellationToken cancellationToken
    )
    {
        var found = await rules.FindManyAsync([proof.RuleId!], cancellationToken);
        if (
            found is not [{ InForce: { } rule }]
            || rule.OrganizationId != organizationId
            || rule.HasExpired(time.GetUtcNow())
            || rule.ServiceAccountId.Value != proof.ServiceAccountId
            || (workspaceId is not null && !rule.Covers(workspaceId))
        )
        {
            return null;
        }

        var issuer = await issuers.FindAsync(organizationId, rule.IssuerId.Value, cancellationToken);
        var account = await accounts.FindAsync(organizationId, rule.ServiceAccountId.Value, cancellationToken);
        if (issuer is null or { IsArchived: true } || account is null or { IsArchived: true })
        {
            return null;
        }

        return new RuleValidity(
            rule.Scopes.Contains(Scopes.TunnelAgent) && await MayUseAsync(account, workspaceId, cancellationToken)
                ? rule.TunnelIds
                : [],
            rule.Scopes.Contains(Scopes.EdgeServe) ? rule.EdgeIds : []
        );
    }

    private async ValueTask<bool> MayUseAsync(
        ServiceAccount account,
        string? workspaceId,
        CancellationToken cancellationToken
    )
    {
        if (workspaceId is null)
        {
            return true;
        }

        var explicitRole = await memberships.FindAsync(account.Id.Value, workspaceId, cancellationToken);
        var home = await tenants.DefaultWorkspaceAsync(account.OrganizationId, cancellationToken);
        return Rights.From(account, explicitRole?.Role, home.Id.Value == workspaceId).Allow(Scopes.TunnelAgent);
    }

    // A token that was checked just before its revocation was committed must not enrol just after it. Issuer and
    // service account cannot be archived while a live rule refers to them, so checking the rule's row is enough.
    public IReadOnlyList<Statement> Require(string? workspaceId, EnrollmentProof proof, string machineId) =>
        [
            rules
                .RequireNaming(proof.RuleId!, proof.ServiceAccountId!, workspaceId, machineId)
                .ExpectingOne(EnrollmentErrors.RenewalDisabled.Refuse()),
            revocations.RequireNone(proof).ExpectingOne(EnrollmentErrors.RenewalDisabled.Refuse()),
        ];
}

using System.Collections.Frozen;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Federation.ServiceAccounts;
using Culvert.Identity.Service.Federation.Workspaces;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tenants;

namespace Culvert.Identity.Service.Federation;

/// <summary>Compiles a version of a rule that is not in force as if it were, for a trial.</summary>
internal sealed class DraftCompiler(
    FederationDirectory directory,
    IssuerStore issuers,
    ServiceAccountStore accounts,
    MembershipStore memberships,
    TenantStore tenants,
    ServiceIdentity identity
)
{
    /// <param name="asUnarchived">Ignores that rule, issuer or account were archived, for questions about the past.</param>
    public async ValueTask<Result<CompiledRule>> CompileAsync(
        Rule rule,
        CancellationToken cancellationToken,
        bool asUnarchived = false
    )
    {
        var issuer = await issuers.FindAsync(rule.OrganizationId, rule.IssuerId.Value, cancellationToken);
        if (issuer is null)
        {
            return FederationErrors.Reference.Refuse("issuer_id: unknown issuer.");
        }

        var account = await accounts.FindAsync(rule.OrganizationId, rule.ServiceAccountId.Value, cancellationToken);
        if (account is null)
        {
            return FederationErrors.Reference.Refuse("target.service_account_id: unknown service account.");
        }

        if (directory.Current.FindKeys(issuer.Id) is not { } keys)
        {
            // The record is saved but not read yet: for a moment its rules cannot be compiled.
            return StorageErrors.Unavailable.Refuse();
        }

        if (asUnarchived)
        {
            rule = rule with { Stamps = rule.Stamps.Unarchived };
            issuer = issuer with { Stamps = issuer.Stamps.Unarchived };
            account = account with { Stamps = account.Stamps.Unarchived };
        }

        var home = await tenants.DefaultWorkspaceAsync(rule.OrganizationId, cancellationToken);
        var roles = (await memberships.OfAccountsAsync([account.Id.Value], cancellationToken)).ToFrozenDictionary(
            m => m.WorkspaceId.Value,
            m => m.Role,
            StringComparer.Ordinal
        );
        return new CompiledRule(
            rule with
            {
                State = RuleState.Enforce,
                EnforcedVersion = rule.Version,
            },
            issuer,
            account,
            keys,
            identity.PublicUrl,
            home.Id.Value,
            new AccountRoles(roles)
        );
    }
}

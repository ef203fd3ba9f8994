using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Federation.ServiceAccounts;
using Culvert.Identity.Service.Hosting;

namespace Culvert.Identity.Service.Certificates.Enrollments;

/// <summary>Reads a rule and what it refers to.</summary>
internal sealed class FederationStanding(IRuleStore rules, IIssuerStore issuers, IServiceAccountStore accounts)
    : IFederationStanding
{
    public async ValueTask<RuleStanding?> FindAsync(
        string organizationId,
        string ruleId,
        CancellationToken cancellationToken
    )
    {
        var rule = await rules.FindAsync(organizationId, ruleId, cancellationToken);
        if (rule is null or { IsArchived: true })
        {
            return null;
        }

        var issuer = await issuers.FindAsync(organizationId, rule.IssuerId.Value, cancellationToken);
        var account = await accounts.FindAsync(organizationId, rule.ServiceAccountId.Value, cancellationToken);
        if (issuer is null or { IsArchived: true } || account is null or { IsArchived: true })
        {
            return null;
        }

        return new RuleStanding(
            rule.Scopes.Contains(Scopes.TunnelAgent) ? rule.TunnelIds : [],
            rule.Scopes.Contains(Scopes.EdgeServe) ? rule.EdgeIds : []
        );
    }
}

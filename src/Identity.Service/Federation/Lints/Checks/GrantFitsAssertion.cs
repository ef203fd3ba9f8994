using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Federation.Lints.Checks;

/// <summary>
/// L16: a grant should not outlive its assertion by much, and administration by federation should be rare. A grant of
/// rights that the caller lacks is refused before any lint (S2).
/// </summary>
internal sealed class GrantFitsAssertion : ILintCheck
{
    public string Id => "L16";

    public Lint? Check(LintedRule rule)
    {
        if (rule.Rule.Scopes.Contains(Scopes.OrganizationAdmin))
        {
            return Lint.Warning(
                Id,
                "oauth_scope: anyone who controls the issuer's workload administers the organization; use org:admin by "
                    + "federation only for emergencies, and grant narrower scopes for routine work."
            );
        }

        return rule.Rule.TokenLifetimeSeconds > rule.Issuer.MaxJwtLifetimeSeconds
            ? Lint.Warning(
                Id,
                $"token_lifetime_seconds: {rule.Rule.TokenLifetimeSeconds} exceeds the longest assertion "
                    + $"({rule.Issuer.MaxJwtLifetimeSeconds} s); lower it, the workload can exchange again."
            )
            : null;
    }
}

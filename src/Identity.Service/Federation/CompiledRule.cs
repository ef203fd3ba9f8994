using System.Collections.Frozen;
using System.Text;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Federation.Rules.Conditions;
using Culvert.Identity.Service.Federation.ServiceAccounts;
using Culvert.Identity.Service.Federation.Workspaces;

namespace Culvert.Identity.Service.Federation;

/// <summary>
/// The version of a rule that decides, with all that a decision needs, prepared: texts as UTF-8, frozen sets, the
/// issuer's keys. Archived rules, drafts and disabled rules are included so that their refusals can be explained.
/// </summary>
internal sealed class CompiledRule
{
    private readonly CompiledRule? candidate;
    private readonly AccountRoles roles;
    private readonly string publicUrl;

    // Indexed by the effective rights; filled at first use, because most rules of a large installation are idle.
    private GrantedScopes?[]? granted;
    private byte[]? issuerUrl;
    private byte[]? audience;
    private IReadOnlyList<ICondition>? conditions;
    private FrozenSet<string>? tunnelIds;
    private FrozenSet<string>? edgeIds;

    /// <param name="rule">The version that decides, or the newest one if none does.</param>
    /// <param name="roles">The roles of its service account in each workspace.</param>
    /// <param name="candidate">A newer version in audit.</param>
    public CompiledRule(
        Rule rule,
        Issuer issuer,
        ServiceAccount account,
        IssuerKeys keys,
        string publicUrl,
        string defaultWorkspaceId,
        AccountRoles roles,
        CompiledRule? candidate = null
    )
    {
        Rule = rule;
        Issuer = issuer;
        Account = account;
        Keys = keys;
        DefaultWorkspaceId = defaultWorkspaceId;
        this.candidate = candidate;
        this.publicUrl = publicUrl;
        this.roles = roles;
        IsForMachines = rule.Scopes.Any(scope =>
            scope
                is Culvert.Identity.Service.Http.Scopes.TunnelAgent
                    or Culvert.Identity.Service.Http.Scopes.EdgeServe
                    or Culvert.Identity.Service.Http.Scopes.CertificateIssue
        );
    }

    public Rule Rule { get; }

    public Issuer Issuer { get; }

    public ServiceAccount Account { get; }

    public IssuerKeys Keys { get; }

    /// <summary>The newest version while in audit, as if enforced: evaluated and recorded, without effect.</summary>
    public CompiledRule? Candidate => candidate;

    // The members below are prepared at first use: most rules of a large installation have no traffic for days. Two
    // concurrent first requests prepare equal values.
    public byte[] IssuerUrl => issuerUrl ??= Encoding.UTF8.GetBytes(Issuer.Url);

    public byte[] Audience => audience ??= Encoding.UTF8.GetBytes(Rule.Match.Audience ?? publicUrl);

    /// <summary>All must hold.</summary>
    public IReadOnlyList<ICondition> Conditions => conditions ??= RuleConditions.Create(Rule.Match);

    /// <summary>A condition reads the groups of the directory that the person is in.</summary>
    public bool ReadsGroups
    {
        get
        {
            foreach (var condition in Conditions)
            {
                if (condition.ReadsGroups)
                {
                    return true;
                }
            }

            return false;
        }
    }

    public FrozenSet<string> TunnelIds => tunnelIds ??= Rule.TunnelIds.ToFrozenSet(StringComparer.Ordinal);

    public FrozenSet<string> EdgeIds => edgeIds ??= Rule.EdgeIds.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Grants the enrolment of machines: such tokens live an hour at most.</summary>
    public bool IsForMachines { get; }

    public string DefaultWorkspaceId { get; }

    /// <summary>Whether a version decides, and rule, issuer and service account are not archived.</summary>
    public bool IsLive =>
        !Rule.IsArchived && !Issuer.IsArchived && !Account.IsArchived && Rule.EnforcedVersion == Rule.Version;

    /// <summary>What the rule grants there now, by scope and role: removing a role ends its grants.</summary>
    public GrantedScopes GrantedIn(string workspaceId)
    {
        var rights = roles.In(workspaceId, Account, DefaultWorkspaceId);
        granted ??= new GrantedScopes?[Rights.Levels];
        return granted[rights.Level] ??=
            Rule.RouteScopes.Count > 0
                ? GrantedScopes.ForRoutes(Rule.RouteScopes)
                : GrantedScopes.From(Rule.Scopes, rights);
    }

    /// <summary>The same rule after a change of records that it refers to; prepared values are kept.</summary>
    public CompiledRule With(PersistentMap<IssuerEntry> issuers, PersistentMap<AccountEntry> accounts)
    {
        var (issuer, keys) = issuers.Find(Rule.IssuerId.Value)!;
        var (account, accountRoles) = accounts.Find(Rule.ServiceAccountId.Value)!;
        return new CompiledRule(
            Rule,
            issuer,
            account,
            keys,
            publicUrl,
            DefaultWorkspaceId,
            accountRoles,
            candidate?.With(issuers, accounts)
        )
        {
            conditions = conditions,
            audience = audience,
            tunnelIds = tunnelIds,
            edgeIds = edgeIds,
        };
    }
}

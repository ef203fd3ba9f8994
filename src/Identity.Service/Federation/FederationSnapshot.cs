using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Federation;

/// <summary>
/// All rules, issuers and service accounts at one moment. A request reads one snapshot from start to end.
/// </summary>
internal sealed class FederationSnapshot(
    PersistentMap<CompiledRule> rules,
    PersistentMap<IssuerEntry> issuers,
    PersistentMap<AccountEntry> accounts,
    long sequence = 0
)
{
    public static readonly FederationSnapshot Empty = new(
        PersistentMap<CompiledRule>.Empty,
        PersistentMap<IssuerEntry>.Empty,
        PersistentMap<AccountEntry>.Empty
    );

    public PersistentMap<CompiledRule> Rules => rules;

    public PersistentMap<IssuerEntry> Issuers => issuers;

    public PersistentMap<AccountEntry> Accounts => accounts;

    /// <summary>
    /// The number of the last change that it contains; <see cref="FederationChangeLog"/> counts them.
    /// </summary>
    public long Sequence => sequence;

    /// <summary>The keys of every issuer, archived ones included.</summary>
    public IEnumerable<IssuerKeys> AllKeys => issuers.Values.Select(entry => entry.Keys);

    /// <summary>Includes archived rules; null if no rule has this id.</summary>
    public CompiledRule? FindRule(string id) => rules.Find(id);

    /// <summary>Includes archived rules.</summary>
    public IEnumerable<CompiledRule> FindRules(string organizationId) =>
        rules.Values.Where(rule => rule.Rule.OrganizationId == organizationId);

    /// <summary>Unarchived rules of an issuer.</summary>
    public IEnumerable<CompiledRule> FindRules(IssuerId issuer) =>
        rules.Values.Where(rule => rule.Issuer.Id == issuer && !rule.Rule.IsArchived);

    /// <summary>
    /// Finds the versions of an issuer's unarchived rules that decide, and those that are only audited.
    /// </summary>
    public IEnumerable<Rule> FindVersions(IssuerId issuer) =>
        FindRules(issuer)
            .SelectMany(rule => rule.Candidate is { } candidate ? new[] { rule.Rule, candidate.Rule } : [rule.Rule]);

    /// <summary>Unarchived rules of an organization.</summary>
    public IEnumerable<CompiledRule> RulesIn(string organizationId) =>
        rules.Values.Where(rule => rule.Rule.OrganizationId == organizationId && !rule.Rule.IsArchived);

    /// <summary>Unarchived rules that target a service account.</summary>
    public IEnumerable<CompiledRule> RulesFor(ServiceAccountId account) =>
        rules.Values.Where(rule =>
            !rule.Rule.IsArchived && (rule.Account.Id == account || rule.Candidate?.Account.Id == account)
        );

    public IssuerKeys? FindKeys(IssuerId issuer) => issuers.Find(issuer.Value)?.Keys;

    public string? IssuerName(IssuerId issuer) => issuers.Find(issuer.Value)?.Issuer.Name;

    public string? ServiceAccountName(ServiceAccountId account) => accounts.Find(account.Value)?.Account.Name;
}

using System.Collections.Frozen;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Federation.ServiceAccounts;
using Culvert.Identity.Service.Hosting;

namespace Culvert.Identity.Service.Federation;

/// <summary>All rules, issuers and service accounts at one moment. A request reads one snapshot from start to end.</summary>
internal sealed class FederationSnapshot
{
    public static readonly FederationSnapshot Empty = new([], [], [], _ => throw new InvalidOperationException());

    private readonly FrozenDictionary<string, CompiledRule> rules;
    private readonly FrozenDictionary<string, IssuerKeys> keys;
    private readonly FrozenDictionary<string, string> issuerNames;
    private readonly FrozenDictionary<string, string> accountNames;

    public FederationSnapshot(
        IReadOnlyList<CompiledRule> rules,
        IReadOnlyList<IssuerKeys> keys,
        IReadOnlyList<ServiceAccount> accounts,
        Func<IssuerKeys, string> nameOf
    )
    {
        this.rules = rules.ToFrozenDictionary(rule => rule.Rule.Id.Value, StringComparer.Ordinal);
        this.keys = keys.ToFrozenDictionary(k => k.IssuerId.Value, StringComparer.Ordinal);
        issuerNames = keys.ToFrozenDictionary(k => k.IssuerId.Value, nameOf, StringComparer.Ordinal);
        accountNames = accounts.ToFrozenDictionary(a => a.Id.Value, a => a.Name, StringComparer.Ordinal);
    }

    /// <summary>Archived rules too; null = no rule has this id.</summary>
    public CompiledRule? FindRule(string id) => rules.GetValueOrDefault(id);

    /// <summary>Archived rules too.</summary>
    public IEnumerable<CompiledRule> RulesOf(string organizationId) =>
        rules.Values.Where(rule => rule.Rule.OrganizationId == organizationId);

    /// <summary>Unarchived rules of an issuer.</summary>
    public IEnumerable<CompiledRule> RulesOf(IssuerId issuer) =>
        rules.Values.Where(rule => rule.Issuer.Id == issuer && !rule.Rule.IsArchived);

    /// <summary>Of unarchived rules of an issuer: the versions that decide, and those that are tried beside them.</summary>
    public IEnumerable<Rule> VersionsOf(IssuerId issuer) =>
        RulesOf(issuer)
            .SelectMany(rule =>
                rule.Candidate is { } candidate && candidate != rule ? new[] { rule.Rule, candidate.Rule } : [rule.Rule]
            );

    /// <summary>Unarchived rules that target a service account.</summary>
    public IEnumerable<CompiledRule> RulesFor(ServiceAccountId account) =>
        rules.Values.Where(rule => rule.Account.Id == account && !rule.Rule.IsArchived);

    public IssuerKeys? KeysOf(IssuerId issuer) => keys.GetValueOrDefault(issuer.Value);

    public string? IssuerName(IssuerId issuer) => issuerNames.GetValueOrDefault(issuer.Value);

    public string? ServiceAccountName(ServiceAccountId account) => accountNames.GetValueOrDefault(account.Value);
}

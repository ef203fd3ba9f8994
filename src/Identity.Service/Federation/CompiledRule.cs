using System.Collections.Frozen;
using System.Text;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Federation.ServiceAccounts;

namespace Culvert.Identity.Service.Federation;

/// <summary>
/// A rule with everything that deciding needs, prepared: texts as UTF-8, sets frozen, the issuer's keys at hand.
/// Archived rules are kept so that their refusals can be explained.
/// </summary>
internal sealed class CompiledRule
{
    public CompiledRule(
        Rule rule,
        Issuer issuer,
        ServiceAccount account,
        IssuerKeys keys,
        string publicUrl,
        string defaultWorkspaceId
    )
    {
        Rule = rule;
        Issuer = issuer;
        Account = account;
        Keys = keys;
        DefaultWorkspaceId = defaultWorkspaceId;
        IssuerUrl = Encoding.UTF8.GetBytes(issuer.Url);
        Audience = Encoding.UTF8.GetBytes(rule.Match.Audience ?? publicUrl);
        Claims = [.. rule.Match.Claims.Select(c => (Encoding.UTF8.GetBytes(c.Key), Encoding.UTF8.GetBytes(c.Value)))];
        // The account's role is a ceiling: taken away, it ends tokens that were granted under it as well.
        var granted = rule
            .Scopes.Where(scope => scope != Hosting.Scopes.OrganizationAdmin || account.Role == OrganizationRole.Admin)
            .ToList();
        Scopes = granted.ToFrozenSet(StringComparer.Ordinal);
        TunnelIds = rule.TunnelIds.ToFrozenSet(StringComparer.Ordinal);
        EdgeIds = rule.EdgeIds.ToFrozenSet(StringComparer.Ordinal);
        OAuthScope = string.Join(' ', granted);
        IsForMachines = rule.Scopes.Any(scope =>
            scope is Hosting.Scopes.TunnelAgent or Hosting.Scopes.EdgeServe or Hosting.Scopes.CertificateIssue
        );
    }

    public Rule Rule { get; }

    public Issuer Issuer { get; }

    public ServiceAccount Account { get; }

    public IssuerKeys Keys { get; }

    public byte[] IssuerUrl { get; }

    public byte[] Audience { get; }

    public IReadOnlyList<(byte[] Name, byte[] Value)> Claims { get; }

    public FrozenSet<string> Scopes { get; }

    public FrozenSet<string> TunnelIds { get; }

    public FrozenSet<string> EdgeIds { get; }

    public string OAuthScope { get; }

    /// <summary>Grants what machines enrol with: such tokens live an hour at most.</summary>
    public bool IsForMachines { get; }

    public string DefaultWorkspaceId { get; }

    /// <summary>Whether rule, issuer and service account are all unarchived.</summary>
    public bool IsLive => !Rule.IsArchived && !Issuer.IsArchived && !Account.IsArchived;
}

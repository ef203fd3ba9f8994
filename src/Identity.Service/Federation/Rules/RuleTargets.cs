using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Federation.ServiceAccounts;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Edges;

namespace Culvert.Identity.Service.Federation.Rules;

internal sealed class RuleTargets(TunnelStore tunnels, ServiceAccountStore accounts, EdgeStore edges)
{
    /// <summary>Refuses the first tunnel, actor or edge of the rule that does not exist or is archived.</summary>
    public async ValueTask<Refusal?> CheckAsync(Rule rule, CancellationToken cancellationToken)
    {
        foreach (var id in rule.TunnelIds)
        {
            if (
                await tunnels.FindAsync(id, cancellationToken) is not { IsArchived: false } tunnel
                || tunnel.OrganizationId != rule.OrganizationId
            )
            {
                return FederationErrors.Reference.Refuse($"tunnel_ids: {id} is not a tunnel of this organization.");
            }
        }

        foreach (var id in rule.ActorIds)
        {
            if (await accounts.FindAsync(rule.OrganizationId, id, cancellationToken) is not { IsArchived: false })
            {
                return FederationErrors.Reference.Refuse(
                    $"actor_ids: {id} is not a service account of this organization."
                );
            }
        }

        foreach (var id in rule.EdgeIds)
        {
            if (await edges.FindAsync(id, cancellationToken) is not { ArchivedAt: null })
            {
                return FederationErrors.Reference.Refuse($"edge_ids: {id} is not a registered edge.");
            }
        }

        return null;
    }
}

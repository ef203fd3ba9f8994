using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Certificates.Revocation;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tokens.Revocations;
using Culvert.Identity.Service.Tunnels.Edges;
using Culvert.Identity.Service.Tunnels.Machines;

namespace Culvert.Identity.Service.Certificates.Enrollments;

/// <summary>
/// What must no longer be accepted. Derived from the current state of enrolments, edges, rules, issuers and service
/// accounts, so that no event can be missed. Every cause raises the feed's revision, which triggers a new derivation.
/// </summary>
internal sealed class RevokedMachinesView : IRevokedMachines
{
    // Entries leave the list when their certificates expire; no revision announces that.
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(30);

    private readonly AgentEnrollmentStore agents;
    private readonly EdgeEnrollmentStore edgeEnrollments;
    private readonly EdgeStore edges;
    private readonly IFederationValidity federation;
    private readonly RevocationStore certificates;
    private readonly RevocationSet revocations;
    private readonly Installation installation;
    private readonly TimeProvider time;
    private readonly DerivedView<RevokedMachines> view;

    public RevokedMachinesView(
        AgentEnrollmentStore agents,
        EdgeEnrollmentStore edgeEnrollments,
        EdgeStore edges,
        IFederationValidity federation,
        RevocationStore certificates,
        RevocationSet revocations,
        Installation installation,
        IRevisions revisions,
        TimeProvider time
    )
    {
        (this.agents, this.edgeEnrollments, this.edges) = (agents, edgeEnrollments, edges);
        (this.federation, this.certificates, this.revocations) = (federation, certificates, revocations);
        this.installation = installation;
        this.time = time;
        view = new DerivedView<RevokedMachines>(revisions, time, Freshness, DeriveAsync);
    }

    public ValueTask<RevokedMachines> ListAsync(CancellationToken cancellationToken) =>
        view.GetAsync(cancellationToken);

    private async Task<RevokedMachines> DeriveAsync(long revision, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var rules = new RuleCache(federation);
        var revokedAgents = await RevokedAgentsAsync(rules, now, cancellationToken);
        var revokedEdges = await RevokedEdgesAsync(rules, now, cancellationToken);
        var single = await certificates.ListUnexpiredAsync(now, cancellationToken);
        HashSet<string> edgeSerials =
        [
            .. await edgeEnrollments.ListSerialsAsync(revokedEdges, now, cancellationToken),
            .. await edgeEnrollments.ListRevokedSerialsAsync(now, cancellationToken),
            .. single.Where(one => one.Kind == CertificateKind.Edge).Select(one => one.Serial),
        ];
        var agentSerials = single
            .Where(one => one.Kind == CertificateKind.Agent)
            .Select(one => (TunnelId: one.TunnelId!, one.Serial))
            .ToHashSet();
        foreach (var tunnel in revokedAgents.GroupBy(agent => agent.TunnelId.Value, StringComparer.Ordinal))
        {
            IReadOnlyList<string> ids = [.. tunnel.Select(agent => agent.Id.Value)];
            var serials = await agents.ListSerialsAsync(ids, now, cancellationToken);
            agentSerials.UnionWith(serials.Select(serial => (tunnel.Key, serial)));
        }

        return new RevokedMachines(
            agentSerials.Select(one => one.Serial).Concat(edgeSerials).ToHashSet(StringComparer.Ordinal),
            revokedAgents.Select(agent => agent.Id.Value).ToHashSet(StringComparer.Ordinal)
        )
        {
            SerialPrefixes = installation.RetiredPrefixes,
            EdgeSerials = edgeSerials,
            AgentSerials = agentSerials.ToLookup(one => one.TunnelId, one => one.Serial, StringComparer.Ordinal),
            AgentEnrollments = revokedAgents.ToLookup(
                agent => agent.TunnelId.Value,
                agent => agent.Id.Value,
                StringComparer.Ordinal
            ),
            ServerSerials = single
                .Where(one => one is { Kind: CertificateKind.Server, TunnelId: not null })
                .ToLookup(one => one.TunnelId!, one => one.Serial, StringComparer.Ordinal),
        };
    }

    private async ValueTask<List<AgentEnrollmentState>> RevokedAgentsAsync(
        RuleCache rules,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        List<AgentEnrollmentState> revoked = [];
        foreach (var agent in await agents.ListUnexpiredAsync(now, cancellationToken))
        {
            if (
                agent.RevokedAt is not null
                || IsRevoked(agent.OrganizationId, agent.Proof)
                || !await StandsAsync(rules, agent, cancellationToken)
            )
            {
                revoked.Add(agent);
            }
        }

        return revoked;
    }

    private async ValueTask<List<string>> RevokedEdgesAsync(
        RuleCache rules,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        List<string> revoked = [];
        foreach (var enrollment in await edgeEnrollments.ListUnexpiredAsync(now, cancellationToken))
        {
            var id = enrollment.EdgeId.Value;
            var edge = await edges.FindAsync(id, cancellationToken);
            var rule = await rules.FindAsync(enrollment.OrganizationId, null, enrollment.Proof, cancellationToken);
            if (
                edge is null or { ArchivedAt: not null }
                || IsRevoked(enrollment.OrganizationId, enrollment.Proof)
                || rule?.EdgeIds.Contains(id) != true
            )
            {
                revoked.Add(id);
            }
        }

        return revoked;
    }

    // A revocation revokes the enrolments that it finds; it misses one that another node was committing at that moment.
    private bool IsRevoked(string organizationId, EnrollmentProof proof) =>
        proof.Method == EnrollmentMethod.Federation && revocations.IsRevoked(TokenTraits.From(organizationId, proof));

    // A rotated tunnel token refuses the next renewal (S4); it does not revoke the current certificate.
    private static async ValueTask<bool> StandsAsync(
        RuleCache rules,
        AgentEnrollmentState agent,
        CancellationToken cancellationToken
    )
    {
        if (agent.Proof.Method == EnrollmentMethod.TunnelToken)
        {
            return true;
        }

        var rule = await rules.FindAsync(agent.OrganizationId, agent.WorkspaceId, agent.Proof, cancellationToken);
        return rule?.TunnelIds.Contains(agent.TunnelId.Value) == true;
    }

    /// <summary>Thousands of enrolments share a few rules: each rule is read once per derivation.</summary>
    private sealed class RuleCache(IFederationValidity federation)
    {
        private readonly Dictionary<(string?, string?, string?), RuleValidity?> known = [];

        public async ValueTask<RuleValidity?> FindAsync(
            string organizationId,
            string? workspaceId,
            EnrollmentProof proof,
            CancellationToken cancellationToken
        )
        {
            var key = (proof.RuleId, proof.ServiceAccountId, workspaceId);
            if (!known.TryGetValue(key, out var standing))
            {
                standing = await federation.FindAsync(organizationId, workspaceId, proof, cancellationToken);
                known.Add(key, standing);
            }

            return standing;
        }
    }
}

using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels.Certificates;
using Culvert.Platform.Certificates;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tunnels.Machines;

/// <summary>Combines what is known of a tunnel's agents: enrolment, contact, last report.</summary>
internal sealed class AgentDirectory(
    IAgentEnrollments enrollments,
    AgentReportStore reports,
    BundleHolderStore holders,
    MachineContacts contacts,
    Installation installation,
    Current<AgentOptions> options,
    TimeProvider time
)
{
    /// <param name="tunnel">The tunnel.</param>
    /// <param name="edges">
    /// From <see cref="TunnelEdges.ReadAsync"/>; empty if only <see cref="AgentDocument.IsAwaited"/> is used.
    /// </param>
    /// <param name="cancellationToken">Cancels the read.</param>
    public async ValueTask<IReadOnlyList<AgentDocument>> ListAsync(
        Tunnel tunnel,
        IReadOnlyList<ReportedEdge> edges,
        CancellationToken cancellationToken
    )
    {
        var connected = FindConnected(tunnel, edges);
        var byInstance = (await reports.ListAsync(tunnel.Id, cancellationToken)).ToDictionary(
            report => report.InstanceId,
            StringComparer.Ordinal
        );
        var heard = (await holders.ListAsync(tunnel.Id, cancellationToken))
            .Where(holder => holder.Kind == HolderKind.Agent)
            .ToDictionary(holder => holder.Holder, holder => holder.HeardAt, StringComparer.Ordinal);
        var records = await enrollments.ListAsync(tunnel.Id, cancellationToken);
        return
        [
            .. records.Select(record =>
                Describe(
                    tunnel,
                    record,
                    byInstance.GetValueOrDefault(record.InstanceId),
                    heard.TryGetValue(record.InstanceId, out var at) ? at : null,
                    connected.Contains(record.InstanceId)
                )
            ),
        ];
    }

    // The instances that a live edge reports a connection of.
    private static HashSet<string> FindConnected(Tunnel tunnel, IEnumerable<ReportedEdge> edges) =>
        edges
            .Where(edge => edge.Presence == EdgePresence.Live)
            .SelectMany(edge => edge.FindAgents(tunnel))
            .Select(agent => agent.InstanceId)
            .ToHashSet(StringComparer.Ordinal);

    private AgentDocument Describe(
        Tunnel tunnel,
        AgentEnrollmentRecord record,
        StoredAgentReport? stored,
        DateTimeOffset? written,
        bool isConnected
    )
    {
        var now = time.GetUtcNow();
        var id = FindSpiffeId(tunnel, record.InstanceId);
        var contact = LastContact(id, stored);

        // Only the store knows calls to other nodes.
        contact = contact is null || written > contact ? written : contact;
        var report = stored?.Read();
        var isAwaited =
            record.RevokedAt is null
            && record.NotAfter >= now
            && contact is { } at
            && now - at <= options.Value.LiveFor
            && !(report is { Leaving: true } && at - stored!.At < TunnelEdges.Farewell);
        return new AgentDocument(
            Id: record.Id.Value,
            TunnelId: record.TunnelId.Value,
            InstanceId: record.InstanceId,
            Method: record.Method,
            Principal: record.Principal,
            Live: isAwaited && (isConnected || IsOnFeed(id, contact!.Value, now)),
            CreatedAt: record.CreatedAt.UtcDateTime,
            LastProofAt: record.LastProofAt.UtcDateTime,
            LastContactAt: contact?.UtcDateTime,
            Serial: record.Serial,
            NotAfter: record.NotAfter?.UtcDateTime,
            RevokedAt: record.RevokedAt?.UtcDateTime,
            Version: report?.Version,
            TrustBundleEpoch: report?.Epochs.TrustBundle,
            ServerSerial: report?.Serials.Server,
            Routes: report?.Routes ?? [],
            Doctor: report?.Doctor is { } doctor ? Describe(doctor, stored!.At) : null
        )
        {
            IsAwaited = isAwaited,
            IsConnected = isConnected,
        };
    }

    // An agent whose clock is ahead must not look current permanently.
    private static AgentDoctorDocument Describe(AgentReportDoctor doctor, DateTimeOffset reportedAt) =>
        new(
            CheckedAt: (doctor.CheckedAt < reportedAt ? doctor.CheckedAt : reportedAt).UtcDateTime,
            Checks: doctor.Checks
        );

    // A running agent always has a feed poll open: if its poll broke here and it has not called again, it is gone. A
    // call to another node is recorded at the latest after a third of live_for and a poll.
    private bool IsOnFeed(string? id, DateTimeOffset contact, DateTimeOffset now) =>
        now - contact <= (options.Value.LiveFor / 3) + options.Value.FeedWaitMax
        && !(
            id is not null
            && contacts.FindBroken(id) is { } broken
            && contact <= broken
            && now - broken >= MachineContacts.Patience
        );

    private string? FindSpiffeId(Tunnel tunnel, string instanceId) =>
        InstanceId.TryParse(instanceId, out var instance)
            ? SpiffeId.Agent(installation.TrustDomain, tunnel.OrganizationId, tunnel.Id.Value, instance).ToString()
            : null;

    // A report is also a call, and is stored across restarts.
    private DateTimeOffset? LastContact(string? id, StoredAgentReport? stored)
    {
        var heard = id is null ? null : contacts.FindLast(id);
        return heard > stored?.At || stored is null ? heard : stored.At;
    }
}

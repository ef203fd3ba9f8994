using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels.Certificates;
using Culvert.Platform.Certificates;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tunnels.Machines;

/// <summary>Puts together what is known of a tunnel's agents: enrolment, contact, last report.</summary>
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
    public async ValueTask<IReadOnlyList<AgentDocument>> ListAsync(Tunnel tunnel, CancellationToken cancellationToken)
    {
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
                    heard.TryGetValue(record.InstanceId, out var at) ? at : null
                )
            ),
        ];
    }

    private AgentDocument Describe(
        Tunnel tunnel,
        AgentEnrollmentRecord record,
        StoredAgentReport? stored,
        DateTimeOffset? written
    )
    {
        var now = time.GetUtcNow();
        var contact = LastContact(tunnel, record.InstanceId, stored);

        // Contact with another node is known from the store alone.
        contact = contact is null || written > contact ? written : contact;
        var report = stored?.Read();
        return new AgentDocument
        {
            Id = record.Id.Value,
            TunnelId = record.TunnelId.Value,
            InstanceId = record.InstanceId,
            Method = record.Method,
            Principal = record.Principal,
            Live =
                record.RevokedAt is null
                && record.NotAfter >= now
                && contact is { } at
                && now - at <= options.Value.LiveFor
                && !(report is { Leaving: true } && at - stored!.At < TunnelEdges.Farewell),
            CreatedAt = record.CreatedAt.UtcDateTime,
            LastProofAt = record.LastProofAt.UtcDateTime,
            LastContactAt = contact?.UtcDateTime,
            Serial = record.Serial,
            NotAfter = record.NotAfter?.UtcDateTime,
            RevokedAt = record.RevokedAt?.UtcDateTime,
            Version = report?.Version,
            TrustBundleEpoch = report?.Epochs.TrustBundle,
            ServerSerial = report?.Serials.Server,
            Routes = report?.Routes ?? [],
            Doctor = report?.Doctor is { } doctor ? Describe(doctor, stored!.At) : null,
        };
    }

    // An agent whose clock is ahead must not look fresh for ever.
    private static AgentDoctorDocument Describe(AgentReportDoctor doctor, DateTimeOffset reportedAt) =>
        new()
        {
            CheckedAt = (doctor.CheckedAt < reportedAt ? doctor.CheckedAt : reportedAt).UtcDateTime,
            Checks = doctor.Checks,
        };

    // A report is a contact too, and outlives a restart.
    private DateTimeOffset? LastContact(Tunnel tunnel, string instanceId, StoredAgentReport? stored)
    {
        if (!InstanceId.TryParse(instanceId, out var instance))
        {
            return stored?.At;
        }

        var id = SpiffeId.Agent(installation.TrustDomain, tunnel.OrganizationId, tunnel.Id.Value, instance);
        var heard = contacts.FindLast(id.ToString());
        return heard > stored?.At || stored is null ? heard : stored.At;
    }
}

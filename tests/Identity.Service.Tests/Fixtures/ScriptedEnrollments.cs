using System.Collections.Concurrent;
using Culvert.Identity.Service.Certificates.Enrollments;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels.Machines;
using Microsoft.Extensions.DependencyInjection;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>Enrolments and revocations that a test writes down.</summary>
internal sealed class ScriptedEnrollments : IAgentEnrollments, IRevokedMachines
{
    private readonly ConcurrentDictionary<string, AgentEnrollmentRecord> records = new();

    /// <summary>For <c>configure</c>: in the place of the enrolments that the service records itself.</summary>
    public static void Use(IServiceCollection services) =>
        services
            .AddSingleton<ScriptedEnrollments>()
            .AddSingleton<IAgentEnrollments>(provider => provider.GetRequiredService<ScriptedEnrollments>())
            .AddSingleton<IRevokedMachines>(provider => provider.GetRequiredService<ScriptedEnrollments>());

    public void Add(AgentEnrollmentRecord record) => records[record.Id.Value] = record;

    public ValueTask<IReadOnlyList<AgentEnrollmentRecord>> ListAsync(
        TunnelId tunnelId,
        CancellationToken cancellationToken
    ) => new([.. records.Values.Where(record => record.TunnelId == tunnelId)]);

    public ValueTask<AgentEnrollmentRecord?> FindAsync(string agentId, CancellationToken cancellationToken) =>
        new(records.GetValueOrDefault(agentId));

    public ValueTask<bool> HasLiveAsync(TunnelId tunnelId, DateTimeOffset now, CancellationToken cancellationToken) =>
        new(
            records.Values.Any(record =>
                record.TunnelId == tunnelId && record is { RevokedAt: null } && record.NotAfter >= now
            )
        );

    public IReadOnlyList<Statement> Revoke(AgentId id, DateTimeOffset at)
    {
        records[id.Value] = records[id.Value] with { RevokedAt = at };
        return [];
    }

    public ValueTask<RevokedMachines> ListAsync(CancellationToken cancellationToken)
    {
        var revoked = records.Values.Where(record => record.RevokedAt is not null).ToList();
        return new(
            new RevokedMachines(
                revoked.Where(record => record.Serial is not null).Select(record => record.Serial!).ToHashSet(),
                revoked.Select(record => record.Id.Value).ToHashSet()
            )
            {
                AgentSerials = revoked
                    .Where(record => record.Serial is not null)
                    .ToLookup(record => record.TunnelId.Value, record => record.Serial!),
                AgentEnrollments = revoked.ToLookup(record => record.TunnelId.Value, record => record.Id.Value),
            }
        );
    }
}

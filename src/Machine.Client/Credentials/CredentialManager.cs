using Culvert.Machine.Client.Access;
using Culvert.Machine.Client.Checkpoints;
using Culvert.Machine.Client.Dialects;
using Culvert.Machine.Client.State;
using Culvert.Platform.Programs;
using Culvert.Platform.Wire;
using Microsoft.Extensions.Logging;

namespace Culvert.Machine.Client.Credentials;

public static class CredentialManager
{
    /// <summary>Creates an agent's manager. Reports leave out the optional parts that are null.</summary>
    public static CredentialManager<AgentFeed> ForAgent(
        CredentialManagerOptions options,
        string tunnelId,
        StateDirectory state,
        Func<IReadOnlyList<AgentReportRoute>> routes,
        ILoggerFactory logs,
        TimeProvider time,
        TimeProvider? networkTime = null,
        IUsageSource? usage = null,
        Func<AgentReportDoctor?>? doctor = null,
        Func<string?>? callCheckpoint = null,
        Func<IReadOnlyList<AgentReportSecret>>? secrets = null
    )
    {
        var limits = networkTime ?? time;
        var checkpoints = new CheckpointWatch(state, logs.CreateLogger("Culvert.Credentials"));
        var dialect = new AgentDialect(
            tunnelId,
            InstanceIdFile.LoadOrCreate(state),
            routes,
            checkpoints,
            usage,
            doctor,
            callCheckpoint,
            secrets
        );
        return new CredentialManager<AgentFeed>(
            options,
            dialect,
            new IdentityAccess(options.Identity, state, time, limits),
            state,
            logs,
            time,
            limits
        );
    }

    public static CredentialManager<EdgeFeed> ForEdge(
        CredentialManagerOptions options,
        string edgeId,
        StateDirectory state,
        Func<EdgeReportContent> content,
        ILoggerFactory logs,
        TimeProvider time,
        TimeProvider? networkTime = null
    )
    {
        var limits = networkTime ?? time;
        var dialect = new EdgeDialect(edgeId, content);
        return new CredentialManager<EdgeFeed>(
            options,
            dialect,
            new IdentityAccess(options.Identity, state, time, limits),
            state,
            logs,
            time,
            limits
        );
    }
}

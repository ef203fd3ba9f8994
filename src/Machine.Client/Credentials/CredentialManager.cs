using Culvert.Machine.Client.Access;
using Culvert.Machine.Client.Checkpoints;
using Culvert.Machine.Client.Dialects;
using Culvert.Machine.Client.State;
using Culvert.Platform.Programs;
using Culvert.Platform.Wire;
using Microsoft.Extensions.Logging;

namespace Culvert.Machine.Client.Credentials;

/// <summary>Creates the credential managers of agents and edges.</summary>
public static class CredentialManager
{
    /// <summary>Creates the manager of an agent.</summary>
    /// <param name="options">Settings of the manager.</param>
    /// <param name="tunnelId">Its tunnel.</param>
    /// <param name="state">The agent's state directory, which also holds its instance id.</param>
    /// <param name="routes">Returns the agent's routes for a report.</param>
    /// <param name="logs">Makes its log.</param>
    /// <param name="time">The clock of lifetimes, windows and waits.</param>
    /// <param name="networkTime">The clock of network time limits; null: the same. Tests fake only one of them.</param>
    /// <param name="usage">Usage counts for reports; null: reports have none.</param>
    /// <param name="doctor">The last doctor findings for reports; null: reports have none.</param>
    /// <param name="callCheckpoint">The newest checkpoint of the call record, sent after reports; null: none.</param>
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
        Func<string?>? callCheckpoint = null
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
            callCheckpoint
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

    /// <summary>Creates the manager of an edge.</summary>
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

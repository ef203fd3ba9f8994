using Culvert.Machine.Client.Access;
using Culvert.Machine.Client.Checkpoints;
using Culvert.Machine.Client.Dialects;
using Culvert.Machine.Client.State;
using Culvert.Platform.Programs;
using Culvert.Platform.Wire;
using Microsoft.Extensions.Logging;

namespace Culvert.Machine.Client.Credentials;

/// <summary>Makes the credential managers of agent and edge.</summary>
public static class CredentialManager
{
    /// <summary>For an agent.</summary>
    /// <param name="options">How it works.</param>
    /// <param name="tunnelId">Its tunnel.</param>
    /// <param name="state">Its state directory, which also holds its instance id.</param>
    /// <param name="routes">Its routes at the moment of a report.</param>
    /// <param name="logs">Makes its log.</param>
    /// <param name="time">The clock of lives, windows and waits.</param>
    /// <param name="networkTime">The clock of network time limits; the same when null. Tests fake the one, not the other.</param>
    /// <param name="usage">What was called, for its reports; null: it does not say.</param>
    /// <param name="doctor">What its own checks found last, for its reports; null: it does not say.</param>
    /// <param name="callCheckpoint">
    /// The newest signed checkpoint of its record of calls, which follows its reports; null: it has no record.
    /// </param>
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

    /// <summary>For an edge.</summary>
    /// <param name="options">How it works.</param>
    /// <param name="edgeId">Its registration.</param>
    /// <param name="state">Its state directory.</param>
    /// <param name="content">Its own part of a report at the moment.</param>
    /// <param name="logs">Makes its log.</param>
    /// <param name="time">The clock of lives, windows and waits.</param>
    /// <param name="networkTime">The clock of network time limits; the same when null. Tests fake the one, not the other.</param>
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

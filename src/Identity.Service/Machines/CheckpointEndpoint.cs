using System.Collections.Concurrent;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Telemetry;
using Culvert.Identity.Service.Transparency.Checkpoints;
using Culvert.Platform.Certificates;
using Culvert.Platform.Checkpoints;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Machines;

/// <summary>
/// <c>POST /v1/agent/checkpoints</c>: an agent's signed statement of how far its record of calls reaches. It is verified,
/// compared with the earlier ones and stored:
/// <list type="table">
/// <item><term>not signed by this agent</term><description>refused; <c>signature</c> in the audit</description></item>
/// <item><term>stored already</term><description>accepted, nothing changes</description></item>
/// <item><term>another head for a sequence that is stored</term><description>stored as <c>fork</c></description></item>
/// <item><term>a lower sequence, signed later</term><description>stored as <c>rollback</c></description></item>
/// <item><term>a lower sequence, signed earlier</term><description>stored: it was late</description></item>
/// <item><term>a higher sequence</term><description>stored</description></item>
/// </list>
/// A contradiction is accepted because it is evidence. In a series of the same kind, only the first is audited.
/// </summary>
internal sealed class CheckpointEndpoint(
    AgentCheckpointStore store,
    MachineFacts facts,
    Installation installation,
    Ordinals ordinals,
    IJournal journal,
    TimeProvider time,
    ILogger<CheckpointEndpoint> logger
)
{
    // An agent sends one per minute, and one when it stops.
    private static readonly TimeSpan Spacing = TimeSpan.FromSeconds(1);
    private const int MaxCharacters = 32 * 1024;
    private const int MaxTries = 3;

    // Agents whose last checkpoint was refused: a series of refusals is audited once.
    private readonly ConcurrentDictionary<string, bool> refused = new(StringComparer.Ordinal);

    public async ValueTask<ApiAnswer> PostAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync(
            WireJson.Default.AgentCheckpointSubmission,
            cancellationToken,
            MaxCharacters
        );
        if (!body.IsOk)
        {
            return body.Refusal;
        }

        var token = body.Value.Checkpoint;
        facts.RecordContact(request.Peer);
        if (
            AuditCheckpoint.VerifyCalls(token, Trust(), request.Peer.TunnelId!) is not { } checkpoint
            || checkpoint.Node != request.Peer.InstanceId
        )
        {
            return await RefuseAsync(request, cancellationToken);
        }

        refused.TryRemove(request.Peer.SpiffeId, out _);
        for (var tries = 1; ; tries++)
        {
            if (await TryStoreAsync(request, token, checkpoint, cancellationToken) is { } answer)
            {
                return answer;
            }

            if (tries == MaxTries)
            {
                return StorageErrors.Unavailable.Refuse() with { RetryAfter = Spacing };
            }
        }
    }

    // Null: another checkpoint of this agent was stored meanwhile.
    private async ValueTask<ApiAnswer?> TryStoreAsync(
        ApiRequest request,
        string token,
        AuditCheckpoint checkpoint,
        CancellationToken cancellationToken
    )
    {
        var peer = request.Peer;
        var (tunnel, instance) = (peer.TunnelId!, peer.InstanceId!);
        var history = await store.HistoryAsync(tunnel, instance, checkpoint.Sequence, cancellationToken);
        if (history.Heads.Contains(checkpoint.Head))
        {
            return ApiAnswer.Empty;
        }

        var now = time.GetStoreNow();
        if (history.LatestReceivedAt is { } latest && now - latest < Spacing && now >= latest)
        {
            return RequestErrors.RateLimited.Refuse() with { RetryAfter = Spacing };
        }

        var alarm = Judge(checkpoint, history);
        var stored = new StoredCheckpoint
        {
            Ordinal = ordinals.Next(),
            TunnelId = tunnel,
            InstanceId = instance,
            OrganizationId = peer.OrganizationId!,
            Sequence = checkpoint.Sequence,
            Head = checkpoint.Head,
            SignedAtMs = checkpoint.Time.ToStore(),
            ReceivedAtMs = now.ToStore(),
            Alarm = alarm,
            Token = token,
        };
        var isNews = alarm is not null && alarm != history.LatestAlarm;
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = isNews ? Disputed(request, alarm!, checkpoint) : null,
                Statements = store.Add(stored, history),
            },
            cancellationToken
        );
        if (result.IsStale)
        {
            return null;
        }

        if (result.RefusalUnlessCommitted() is { } unavailable)
        {
            return unavailable;
        }

        if (isNews)
        {
            Report(peer, alarm!, checkpoint);
        }

        return ApiAnswer.Empty;
    }

    private static string? Judge(AuditCheckpoint checkpoint, CheckpointHistory history) =>
        history.Heads.Count > 0 ? CheckpointAlarm.Fork
        : checkpoint.Sequence < history.Highest && checkpoint.Time > history.HighestSignedAt ? CheckpointAlarm.Rollback
        : null;

    private async ValueTask<ApiAnswer> RefuseAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (refused.TryAdd(request.Peer.SpiffeId, true))
        {
            var result = await journal.CommitAsync(
                new Decision { Event = Disputed(request, CheckpointAlarm.Signature, checkpoint: null) },
                cancellationToken
            );
            if (result.RefusalUnlessCommitted() is { } unavailable)
            {
                refused.TryRemove(request.Peer.SpiffeId, out _);
                return unavailable;
            }

            Report(request.Peer, CheckpointAlarm.Signature, null);
        }

        return RequestErrors.Invalid.Refuse("checkpoint: this agent did not sign it.");
    }

    private void Report(MachinePeer peer, string reason, AuditCheckpoint? checkpoint)
    {
        ServiceMeters.AgentCheckpointDisputes.Add(1, new KeyValuePair<string, object?>("reason", reason));
        Transparency.Log.CheckpointDisputed(
            logger,
            peer.SpiffeId,
            reason,
            checkpoint?.Sequence ?? 0,
            checkpoint?.Head ?? "-"
        );
    }

    private AuditEvent Disputed(ApiRequest request, string reason, AuditCheckpoint? checkpoint) =>
        MachineEvents.CheckpointDisputed(
            AuditOrigin.From(request.Peer, request, time.GetUtcNow()),
            request.Peer,
            reason,
            checkpoint?.Sequence,
            checkpoint?.Head
        );

    private PlatformTrust Trust() =>
        PlatformTrust.TryCreate(installation.TrustDomain, facts.PlatformBundle.Pem, out var trust)
            ? trust
            : throw new InvalidOperationException("The platform bundle contains no anchor.");
}

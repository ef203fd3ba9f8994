using Culvert.Identity.Service.Jobs;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Telemetry;
using Culvert.Platform.Timing;

namespace Culvert.Identity.Service.Transparency.Witnesses;

/// <summary>
/// Requests cosignatures of the latest tree head from every configured witness, once per head. A failing witness delays no
/// other one and is retried with increasing waits.
/// </summary>
internal sealed class WitnessCollector(
    TransparencyOptions options,
    WitnessSubmitter submitter,
    WitnessStore store,
    HeadStore heads,
    LeaseStore leases,
    IJournal journal,
    TimeProvider time,
    ILogger<WitnessCollector> logger
)
    : RecurringJob(
        JobName,
        "Requests cosignatures of the transparency log's newest tree head from witnesses.",
        TimeSpan.FromMinutes(1),
        time
    )
{
    public const string JobName = "transparency_witnesses";

    public static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    // Longer than a round takes.
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    private static readonly Backoff Waits = new(TimeSpan.FromMinutes(1), LongestWait);

    private readonly Dictionary<string, (int Failures, DateTimeOffset NotBefore)> failing = [];

    /// <summary>One attempt per witness that has not cosigned the latest head and is not waiting.</summary>
    public async Task CollectAsync(CancellationToken cancellationToken)
    {
        if (
            options.Witnesses.Count == 0
            || await heads.NewestAsync(cancellationToken) is not { } head
            || !await leases.TryAcquireAsync(Name, Lease, cancellationToken)
        )
        {
            return;
        }

        var states = await store.StatesAsync(cancellationToken);
        var now = Time.GetUtcNow();
        var due = options
            .Witnesses.Select(witness => (Witness: witness, State: GetState(states, witness)))
            .Where(one => one.State.Size != head.Head.Size || one.State.Problem is not null)
            .Where(one => !failing.TryGetValue(one.Witness.Name, out var known) || known.NotBefore <= now)
            .ToList();
        var answers = await Task.WhenAll(
            due.Select(one => submitter.SubmitAsync(one.Witness, one.State.Size, head, cancellationToken))
        );
        foreach (var ((witness, state), answer) in due.Zip(answers))
        {
            await RecordAsync(witness, state, head, answer, cancellationToken);
        }
    }

    protected override Task RunRoundAsync(CancellationToken cancellationToken) => CollectAsync(cancellationToken);

    private async Task RecordAsync(
        WitnessOptions witness,
        WitnessState state,
        SignedHead head,
        WitnessAnswer answer,
        CancellationToken cancellationToken
    )
    {
        var label = new KeyValuePair<string, object?>("witness", witness.Name);
        if (answer.Cosignature is { } cosignature)
        {
            failing.Remove(witness.Name);
            var recorded = await journal.CommitAsync(
                new Decision { Statements = store.Cosigned(witness.Key, head.Head, cosignature) },
                cancellationToken
            );
            if (recorded.IsCommitted)
            {
                ServiceMeters.TransparencyCosignatures.Add(1, label);
                Log.WitnessCosigned(logger, witness.Name, head.Head.Size, cosignature.Line.ToString());
            }

            return;
        }

        var problem = answer.Problem ?? WitnessProblem.Unavailable;
        var failures = failing.GetValueOrDefault(witness.Name).Failures + 1;
        var wait = Waits.After(failures);
        failing[witness.Name] = (failures, Time.GetUtcNow() + wait);
        if (problem == WitnessProblem.Contradiction)
        {
            ServiceMeters.TransparencyWitnessContradictions.Add(1, label);
            Log.WitnessContradicted(logger, witness.Name, head.Head.Size, answer.Detail);
        }
        else
        {
            ServiceMeters.TransparencyWitnessFailures.Add(1, label);
            Log.WitnessFailed(logger, witness.Name, wait, answer.Detail);
        }

        if (state.Problem != problem)
        {
            await journal.CommitAsync(
                new Decision { Statements = [store.Failed(witness.Key, problem, Time.GetStoreNow())] },
                cancellationToken
            );
        }
    }

    private static WitnessState GetState(IReadOnlyDictionary<string, WitnessState> states, WitnessOptions witness) =>
        states.GetValueOrDefault(witness.Key.ToString()) ?? WitnessState.Unknown;
}

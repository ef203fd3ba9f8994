using System.Collections.Concurrent;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.Explain;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation.History;

/// <summary>
/// Records refusals that cost their sender nothing, within limits (S31). Each has its own row up to a rate per address
/// and a number per address and rule; further ones are counted per minute. One chained summary is written per minute.
/// </summary>
internal sealed class UnprovenRefusals(
    IJournal journal,
    DenialStore denials,
    Explainer explainer,
    Current<FederationOptions> federationOptions,
    Current<LimitOptions> limits,
    TimeProvider time,
    ILogger<UnprovenRefusals> logger
) : IHostedService, IDisposable
{
    /// <summary>The most rows of one address against one rule.</summary>
    public const int MaxRowsPerSourceAndRule = 10_000;

    /// <summary>The most rows in total, which limits many addresses together.</summary>
    public const int MaxRows = 200_000;

    private const int MaxCounters = 10_000;
    private const string ManySources = "*";

    private static readonly TimeSpan SummaryEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan CleanEvery = TimeSpan.FromHours(1);

    private readonly SourceRateLimiter perAddress = new(() => limits.Value.HistoryPerAddress, time);
    private readonly ConcurrentDictionary<(string Source, string RuleId), int> rows = new();
    private ConcurrentDictionary<RefusalKey, long> unrecorded = new();
    private ConcurrentDictionary<RefusalKey, long> summary = new();
    private ITimer? timer;
    private DateTimeOffset cleanedAt;
    private int rowsTotal;
    private int isFlushing;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await CountAsync(cancellationToken);
        cleanedAt = time.GetUtcNow();
        timer = time.CreateTimer(_ => _ = FlushAsync(), null, SummaryEvery, SummaryEvery);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (timer is not null)
        {
            await timer.DisposeAsync();
        }

        await FlushAsync();
    }

    public void Dispose() => timer?.Dispose();

    public async ValueTask<Refusal?> RecordAsync(
        AssertionContext context,
        Denial denial,
        CancellationToken cancellationToken
    )
    {
        var rule = context.Rule;
        var source = context.Request.Source.ToString();
        var key = new RefusalKey(
            rule.Rule.OrganizationId,
            rule.Rule.Id.Value,
            rule.Issuer.Id.Value,
            denial.Reason,
            source
        );
        Count(summary, key with { Source = ManySources });
        if (!TryReserveRow(context, source))
        {
            // If the history is full, many addresses would exceed it by one row each per minute.
            var isFull = Volatile.Read(ref rowsTotal) >= MaxRows;
            Count(unrecorded, isFull ? key with { Source = ManySources } : key);
            return null;
        }

        // Only for stored refusals: an explanation costs as much as the refusal itself.
        var explanation = await explainer.ExplainAsync(context, denial, cancellationToken);
        var statement = denials.Insert(
            new RecordedDenial
            {
                RequestId = context.Request.RequestId,
                AtMs = context.Now.ToStore(),
                OrganizationId = key.OrganizationId,
                RuleId = key.RuleId,
                RuleVersion = rule.Rule.Version,
                IssuerId = key.IssuerId,
                ServiceAccountId = rule.Account.Id.Value,
                Reason = denial.Reason.Name(),
                Detail = denial.Detail,
                Trace = explanation.ToJson(),
                Source = source,
                UserAgent = context.Request.UserAgent is { } agent ? UntrustedText.Bounded(agent) : null,
            }
        );
        var result = await journal.CommitAsync(
            new Decision { Statements = [statement], Class = DecisionClass.Bulk },
            cancellationToken
        );
        return result.RefusalUnlessCommitted();
    }

    /// <summary>Writes the counted refusals and the chained summary. Runs every minute; public for tests.</summary>
    public async Task FlushAsync()
    {
        if (Interlocked.Exchange(ref isFlushing, 1) == 1)
        {
            return;
        }

        try
        {
            var now = time.GetUtcNow();
            var counted = Interlocked.Exchange(ref unrecorded, new ConcurrentDictionary<RefusalKey, long>());
            var summed = Interlocked.Exchange(ref summary, new ConcurrentDictionary<RefusalKey, long>());
            foreach (var (key, refusals) in counted)
            {
                await CommitAsync(new Decision { Statements = [denials.Insert(ToRow(key, refusals, now))] });
                Interlocked.Increment(ref rowsTotal);
            }

            foreach (var organization in summed.GroupBy(entry => entry.Key.OrganizationId))
            {
                await CommitAsync(
                    new Decision
                    {
                        Event = new UnprovenRefusalsCounted(
                            AuditOrigin.System(now),
                            organization.Key,
                            [.. organization]
                        ),
                    }
                );
            }

            if (now - cleanedAt >= CleanEvery)
            {
                await CommitAsync(
                    new Decision { Statements = [denials.Forget(now - federationOptions.Value.HistoryRetention)] }
                );
                await CountAsync(CancellationToken.None);
                cleanedAt = now;
            }
        }
        catch (Exception fault)
        {
            // The root of a timer's task: the next minute tries again; this minute's counts are lost and logged.
            Log.RefusalNotRecorded(logger, fault.GetType().Name);
        }
        finally
        {
            Interlocked.Exchange(ref isFlushing, 0);
        }
    }

    private async Task CommitAsync(Decision decision)
    {
        var result = await journal.CommitAsync(decision, CancellationToken.None);
        if (!result.IsCommitted)
        {
            Log.RefusalNotRecorded(logger, result.Outcome.ToString());
        }
    }

    private async Task CountAsync(CancellationToken cancellationToken)
    {
        var total = 0;
        // The read comes first: if it fails, the previous limits stay in force.
        var counted = await denials.CountAsync(cancellationToken);
        rows.Clear();
        foreach (var (source, ruleId, count) in counted)
        {
            rows[(source, ruleId)] = count;
            total += count;
        }

        Interlocked.Exchange(ref rowsTotal, total);
    }

    private bool TryReserveRow(AssertionContext context, string source)
    {
        var place = (source, context.Rule.Rule.Id.Value);
        if (
            Volatile.Read(ref rowsTotal) >= MaxRows
            || rows.GetValueOrDefault(place) >= MaxRowsPerSourceAndRule
            || perAddress.TryTake(context.Request.Source) is not null
        )
        {
            return false;
        }

        rows.AddOrUpdate(place, 1, static (_, count) => count + 1);
        Interlocked.Increment(ref rowsTotal);
        return true;
    }

    // All addresses of a flood share one counter, so that the counters are limited too.
    private static void Count(ConcurrentDictionary<RefusalKey, long> counters, RefusalKey key)
    {
        var bounded =
            counters.Count < MaxCounters || counters.ContainsKey(key) ? key : key with { Source = ManySources };
        counters.AddOrUpdate(bounded, 1, static (_, count) => count + 1);
    }

    private static RecordedDenial ToRow(RefusalKey key, long refusals, DateTimeOffset now) =>
        new()
        {
            RequestId = Identifier.New("req"),
            AtMs = now.ToStore(),
            OrganizationId = key.OrganizationId,
            RuleId = key.RuleId,
            IssuerId = key.IssuerId,
            Reason = key.Reason.Name(),
            Source = key.Source,
            Refusals = refusals,
        };
}

/// <summary>The chain's summary of one minute's unproven refusals, by rule and reason.</summary>
internal sealed record UnprovenRefusalsCounted(
    AuditOrigin Origin,
    string OrganizationId,
    IReadOnlyList<KeyValuePair<RefusalKey, long>> Counts
)
    : AuditEvent(
        AuditEvents.UnprovenRefusals,
        Origin,
        OrganizationId,
        [],
        [
            (
                "refusals",
                Counts
                    .OrderBy(count => count.Key.RuleId, StringComparer.Ordinal)
                    .ThenBy(count => count.Key.Reason)
                    .Select(ToData)
            ),
        ]
    )
{
    private static AuditData ToData(KeyValuePair<RefusalKey, long> count) =>
        [("federation_rule_id", count.Key.RuleId), ("reason", count.Key.Reason.Name()), ("count", count.Value)];
}

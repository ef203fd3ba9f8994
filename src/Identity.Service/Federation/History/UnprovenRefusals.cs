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
/// Records refusals that cost their sender nothing, within bounds (S31): one row each up to a rate per address and a
/// number per address and rule, beyond that counts per minute; and one chained summary a minute.
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
    /// <summary>Rows kept of one address against one rule.</summary>
    public const int MaxRowsPerSourceAndRule = 10_000;

    /// <summary>Rows kept in all, so that many addresses together are bounded too.</summary>
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

    /// <summary>Null = recorded or counted; else the store's refusal.</summary>
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
            // With the history full, addresses would fill it all the same, one row each and minute.
            var isFull = Volatile.Read(ref rowsTotal) >= MaxRows;
            Count(unrecorded, isFull ? key with { Source = ManySources } : key);
            return null;
        }

        // Only for what is kept: an explanation costs as much as the refusal did.
        var explanation = await explainer.ExplainAsync(context, denial, cancellationToken);
        var statement = denials.Insert(
            new RecordedDenial
            {
                RequestId = context.Request.RequestId,
                At = context.Now,
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
        return result.RefusalIfUnavailable();
    }

    /// <summary>Writes what was only counted, and the chained summary. Public for tests; runs every minute.</summary>
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
                        Event = new UnprovenRefusalsCounted([.. organization])
                        {
                            At = now,
                            Cause = AuditCause.System,
                            OrganizationId = organization.Key,
                        },
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
            // The root of a timer's task: the next minute tries again; what was counted meanwhile is lost and said so.
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
        // First the reading: if it fails, the bounds of before hold.
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

    // A flood of addresses shares one counter, so that counting is bounded as well.
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
            At = now,
            OrganizationId = key.OrganizationId,
            RuleId = key.RuleId,
            IssuerId = key.IssuerId,
            Reason = key.Reason.Name(),
            Source = key.Source,
            Refusals = refusals,
        };
}

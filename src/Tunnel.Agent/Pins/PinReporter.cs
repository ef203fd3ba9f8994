using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Telemetry;

namespace Culvert.Tunnel.Agent.Pins;

/// <summary>Reports changes of pins in the log, in a metric and in the record of calls.</summary>
internal sealed class PinReporter(
    IAuditTrail trail,
    AgentMetrics metrics,
    TimeProvider time,
    ILogger<PinReporter> logger
)
{
    private const int ShownDigits = 12;
    private const int MaxShownName = 200;

    /// <summary>Occurs when a difference starts or changes, so that it soon reaches the service.</summary>
    public event Action? Changed;

    /// <summary>A definition differs from its pin in a new way.</summary>
    public void Report(RoutePins pins, Drift drift)
    {
        var pinned = pins.State.FindPinned(drift.Key)?.Digest ?? "";
        var observed = drift.Observed?.Digest ?? "";
        var classes = DriftClasses.Format(drift.Classes);
        var action = pins.DescribeAction(drift);
        foreach (var (one, name) in DriftClasses.All)
        {
            if (drift.Classes.HasFlag(one))
            {
                metrics.Drifted(pins.State.Route, name, action);
            }
        }

        Log.PinDrift(logger, pins.State.Route, Shorten(drift.Key), classes, Cut(pinned), Cut(observed), action);
        Enqueue(
            new PinRecord
            {
                Time = time.GetUtcNow(),
                IsDrift = true,
                Event = drift.IsAmbiguous ? "ambiguous" : "found",
                Route = pins.State.Route,
                Kind = drift.Key.KindName,
                Name = drift.Key.Name,
                Classes = classes,
                Action = action,
                Pinned = pinned,
                Observed = observed,
            }
        );
        Changed?.Invoke();
    }

    /// <summary>A definition matches its pin again, or an unpinned definition no longer exists.</summary>
    public void ReportGone(RoutePins pins, PinKey key)
    {
        Log.PinDriftGone(logger, pins.State.Route, Shorten(key));
        Enqueue(
            new PinRecord
            {
                Time = time.GetUtcNow(),
                IsDrift = true,
                Event = "gone",
                Route = pins.State.Route,
                Kind = key.KindName,
                Name = key.Name,
                Pinned = pins.State.FindPinned(key)?.Digest ?? "",
            }
        );
    }

    public void ReportApproved(string route, PinnedDefinitions? before, PinnedDefinitions? after)
    {
        var (old, now) = (ByKey(before), ByKey(after));
        var changed = 0;
        foreach (var key in old.Keys.Union(now.Keys))
        {
            var (was, isNow) = (old.GetValueOrDefault(key), now.GetValueOrDefault(key));
            if (was?.Digest == isNow?.Digest)
            {
                continue;
            }

            changed++;
            Enqueue(
                new PinRecord
                {
                    Time = time.GetUtcNow(),
                    Event = isNow is null ? "removed" : "approved",
                    Route = route,
                    Kind = key.Kind,
                    Name = key.Name,
                    Pinned = was?.Digest ?? "",
                    Observed = isNow?.Digest ?? "",
                    By = isNow?.By ?? "",
                }
            );
        }

        Log.PinsApproved(logger, route, now.Count, changed);
    }

    public void ReportUnusable(string route, string why)
    {
        Log.PinsUnusable(logger, route, why);
        Enqueue(
            new PinRecord
            {
                Time = time.GetUtcNow(),
                Event = "unusable",
                Route = route,
            }
        );
    }

    /// <param name="why">Why the reading failed; null: it succeeded.</param>
    /// <param name="isNews">Whether the reason differs from the last one.</param>
    public void ReportVerification(string route, string? why, bool isNews)
    {
        metrics.PinsVerified(route, why is null);
        if (why is not null && isNews)
        {
            Log.PinsNotVerified(logger, route, why);
        }
    }

    /// <summary>Observations could not be stored.</summary>
    public void ReportNotStored(string route, string why) => Log.PinsNotKept(logger, route, why);

    private static Dictionary<(string Kind, string Name), StoredPin> ByKey(PinnedDefinitions? definitions) =>
        (definitions ?? PinnedDefinitions.None)
            .Pins.DistinctBy(p => (p.Kind, p.Name))
            .ToDictionary(p => (p.Kind, p.Name));

    private void Enqueue(PinRecord record)
    {
        if (trail.TryReserve(mustBeKept: false))
        {
            trail.Add(record);
        }
        else
        {
            trail.CountLost(record);
        }
    }

    // Cut, because a server chooses the length of its names.
    private static string Shorten(PinKey key) =>
        key.ToString() is { Length: > MaxShownName } text
            ? string.Concat(text.AsSpan(0, MaxShownName), "…")
            : key.ToString();

    private static string Cut(string digest) => digest.Length > ShownDigits ? digest[..ShownDigits] : "none";
}

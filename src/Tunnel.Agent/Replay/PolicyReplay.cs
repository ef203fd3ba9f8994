namespace Culvert.Tunnel.Agent.Replay;

/// <summary>The changes that a candidate's policies would make to decisions on recorded calls.</summary>
internal sealed class PolicyReplay
{
    /// <summary>Beyond this number changes are only counted, so that the report is bounded.</summary>
    private const int MaxChanges = 10_000;

    private readonly Dictionary<(string, string, string, string, bool, Judgement), ReplayChange> changes = [];

    /// <summary>Calls with a decision of rules, or without a policy.</summary>
    public int Calls { get; private set; }

    /// <summary>Calls whose record does not have enough data.</summary>
    public int Unknown { get; private set; }

    /// <summary>Calls that a limit refused, or that could not be judged: rules do not change them.</summary>
    public int PassedOver { get; private set; }

    public int Changed { get; private set; }

    public IEnumerable<ReplayChange> Changes =>
        changes
            .Values.OrderByDescending(change => change.Calls)
            .ThenBy(change => change.Route, StringComparer.Ordinal)
            .ThenBy(change => change.Name, StringComparer.Ordinal)
            .ThenBy(change => change.Caller, StringComparer.Ordinal);

    public void Add(RecordedCall call, Judgement now)
    {
        if (!call.IsJudged)
        {
            PassedOver++;
            return;
        }

        Calls++;
        if (now.IsAllowed is null)
        {
            Unknown++;
            return;
        }

        if (now.IsAllowed == call.HasPassed)
        {
            return;
        }

        Changed++;
        var key = (call.Route, call.Caller, call.Method, call.Name, call.HasPassed, now);
        if (changes.TryGetValue(key, out var change))
        {
            changes[key] = change with
            {
                Calls = change.Calls + 1,
                Last = call.Time > change.Last ? call.Time : change.Last,
            };
        }
        else if (changes.Count < MaxChanges)
        {
            changes[key] = new ReplayChange(
                call.Route,
                call.Caller,
                call.Method,
                call.Kind,
                call.Name,
                call.HasPassed,
                now,
                Calls: 1,
                call.Time
            );
        }
    }
}

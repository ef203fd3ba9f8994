using System.Security.Cryptography;
using Culvert.Machine.Client.Dialects;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Audit;

/// <summary>
/// Counts calls for the service, by route, name and decision, and stores the last caller. Callers choose names, so the
/// number of separately counted names is limited, and under an enforced policy only names in rules are counted
/// separately. Arguments are never stored.
/// </summary>
internal sealed class CallCounts(TimeProvider time) : IUsageSource
{
    /// <summary>The limit of names of a route; further names are counted together.</summary>
    internal const int MaxNames = 500;

    internal const int MaxEntries = 100;

    /// <summary>Represents all names beyond <see cref="MaxNames"/>, and names that must not be shown.</summary>
    internal const string Other = "(other)";

    /// <summary>Represents all names that are in no rule, where rules are enforced.</summary>
    internal const string Unlisted = "(unlisted)";

    private const int MaxCharacters = 128;

    private readonly string run = RandomNumberGenerator.GetHexString(16, lowercase: true);
    private readonly Lock gate = new();

    // Guarded by gate.
    private readonly Dictionary<(string Route, string Kind, string Name), CallCount> news = [];
    private readonly Dictionary<string, HashSet<(string, string)>> names = new(StringComparer.Ordinal);
    private readonly Dictionary<long, MinuteCount> minutes = [];
    private AgentReportUsage? pending;
    private long sequence;

    public bool HasNews
    {
        get
        {
            lock (gate)
            {
                return pending is not null || news.Count > 0;
            }
        }
    }

    public void Add(CallRecord record)
    {
        var (kind, name) = GetTarget(record);
        lock (gate)
        {
            GetOrAdd_NeedsLock(record.Route, kind, name).Add(record);
            GetMinute_NeedsLock()
                .Add(
                    record.Decision,
                    record.UpstreamMs is null || IsStream(record.Method) ? null : record.DurationMs,
                    record.RequestBytes ?? 0,
                    record.ResponseBytes
                );
            foreach (var seen in record.Seen)
            {
                // Under other modes every name crosses.
                GetOrAdd_NeedsLock(record.Route, TargetKinds.ToWireName(seen.Kind), FormatName(seen.Kind, seen.Name))
                    .AddToList(time.GetUtcNow(), isShown: seen.IsVisible || record.Mode != "enforce");
            }
        }
    }

    /// <summary>Counts an unread call, on a route whose policy is off: by its header's method, and without a name.</summary>
    public void Add(Exchange exchange, string route, TimeSpan took)
    {
        var request = exchange.Request;
        var method =
            request.Headers[McpHeaders.Method] is [{ } said] && McpMethods.IsKnown(said) ? said : request.Method;
        var decision = exchange.Response.Headers[HeaderRules.Reason].Count == 0 ? "allow" : "refuse";
        var who = exchange.Principal is { } principal
            ? (principal.Issuer, principal.Subject, principal.ClientId)
            : ("", "", "");
        lock (gate)
        {
            GetOrAdd_NeedsLock(route, "method", Sanitize(method)).Add(decision, time.GetUtcNow(), who);
            GetMinute_NeedsLock()
                .Add(
                    decision,
                    decision == "refuse" || IsStream(method) ? null : took.TotalMilliseconds,
                    request.Headers.ContentLength ?? 0,
                    exchange.Response.Headers.ContentLength ?? 0
                );
        }
    }

    public AgentReportUsage? Next()
    {
        lock (gate)
        {
            if (pending is null && news.Count > 0)
            {
                var taken = RemoveForReport_NeedsLock();
                pending = new AgentReportUsage(
                    Run: run,
                    Sequence: ++sequence,
                    Entries: [.. taken.Select(t => t.Value.ToWire(t.Key.Route, t.Key.Kind, t.Key.Name))],
                    Minutes: minutes.Count > 0 ? [.. minutes.Select(minute => minute.Value.ToWire(minute.Key))] : null
                );
                taken.ForEach(t => news.Remove(t.Key));
                minutes.Clear();
            }

            return pending;
        }
    }

    public void Delivered(AgentReportUsage usage)
    {
        lock (gate)
        {
            if (ReferenceEquals(pending, usage))
            {
                pending = null;
            }
        }
    }

    // Streams stay open for as long as the client wants, so their duration does not show how long calls take.
    private static bool IsStream(string method) => method is "GET" or McpMethods.Listen;

    private MinuteCount GetMinute_NeedsLock()
    {
        var minute = time.GetUtcNow().ToUnixTimeSeconds() / 60;
        if (!minutes.TryGetValue(minute, out var count))
        {
            if (minutes.Count == AgentReportMinute.MaxPerReport)
            {
                minutes.Remove(minutes.Keys.Min());
            }

            minutes[minute] = count = new MinuteCount();
        }

        return count;
    }

    // The remaining entries are in the next report. One entry always fits.
    private List<KeyValuePair<(string Route, string Kind, string Name), CallCount>> RemoveForReport_NeedsLock()
    {
        var callers = 0;
        return
        [
            .. news.Take(MaxEntries)
                .TakeWhile(entry => (callers += entry.Value.Callers) <= AgentReportUseCaller.MaxPerReport),
        ];
    }

    private static (string Kind, string Name) GetTarget(CallRecord record)
    {
        // Where rules are enforced, a name that no rule has reached no server: it is a caller's guess, and guesses would
        // use up the slots of real names. Elsewhere the call was made, so its name is counted.
        var isKnown = record.Mode != "enforce" || record.Decision is "allow" || record.Rule.Length > 0;
        return (record.Kind, isKnown) switch
        {
            ("", true) => ("method", Sanitize(record.Method)),
            ("", false) => ("method", Unlisted),
            (_, false) => (record.Kind, Unlisted),
            ("resource", true) => (record.Kind, GetHost(record.Name)),
            _ => (record.Kind, Sanitize(record.Name)),
        };
    }

    private static string FormatName(TargetKind kind, string name) =>
        kind == TargetKind.Resource ? GetHost(name) : Sanitize(name);

    // A path may be as sensitive as an argument.
    private static string GetHost(string uri) =>
        Uri.TryCreate(uri, UriKind.Absolute, out var parsed)
            ? Sanitize(parsed.Host.Length > 0 ? $"{parsed.Scheme}://{parsed.Host}" : $"{parsed.Scheme}:")
            : Other;

    private static string Sanitize(string name)
    {
        if (name.Length is 0 or > MaxCharacters)
        {
            return Other;
        }

        foreach (var character in name)
        {
            if (char.IsControl(character))
            {
                return Other;
            }
        }

        return name;
    }

    private CallCount GetOrAdd_NeedsLock(string route, string kind, string name)
    {
        // A name that is already counted needs no new slot.
        if (news.TryGetValue((route, kind, name), out var count))
        {
            return count;
        }

        if (!names.TryGetValue(route, out var known))
        {
            names[route] = known = [];
        }

        if (!known.Contains((kind, name)) && (known.Count >= MaxNames || !known.Add((kind, name))))
        {
            name = Other;
        }

        if (!news.TryGetValue((route, kind, name), out count))
        {
            news[(route, kind, name)] = count = new CallCount();
        }

        return count;
    }
}

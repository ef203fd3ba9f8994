using Culvert.Platform.Wire;

namespace Culvert.Tunnel.Agent.Audit;

/// <summary>Counts calls by caller since the last report. Bounded: further callers are counted together.</summary>
internal sealed class CallerCounts
{
    private static readonly (string, string, string) Others = (
        AgentReportUseCaller.Other,
        AgentReportUseCaller.Other,
        AgentReportUseCaller.Other
    );

    private readonly Dictionary<
        (string Issuer, string Subject, string ClientId),
        (long Calls, long Denied, DateTimeOffset Last)
    > callers = [];

    public int Count => callers.Count;

    /// <param name="decision">Empty when no decision was made.</param>
    /// <param name="who">Empty texts: the route does not authenticate its callers.</param>
    public void Add(string decision, DateTimeOffset at, (string Issuer, string Subject, string ClientId) who)
    {
        var key = IsListable(who.Issuer) && IsListable(who.Subject) && IsListable(who.ClientId) ? who : Others;
        if (!callers.ContainsKey(key) && ListedCallers >= AgentReportUseCaller.MaxPerName)
        {
            key = Others;
        }

        var (calls, denied, last) = callers.GetValueOrDefault(key);
        callers[key] = (calls + 1, denied + (decision is "deny" or "refuse" ? 1 : 0), at > last ? at : last);
    }

    public IReadOnlyList<AgentReportUseCaller>? ToWire() =>
        callers.Count == 0
            ? null
            :
            [
                .. callers.Select(caller => new AgentReportUseCaller(
                    Issuer: caller.Key.Issuer,
                    Subject: caller.Key.Subject,
                    ClientId: caller.Key.ClientId,
                    Calls: caller.Value.Calls,
                    Denied: caller.Value.Denied,
                    LastCalledAt: caller.Value.Last.UtcDateTime
                )),
            ];

    private int ListedCallers => callers.Count - (callers.ContainsKey(Others) ? 1 : 0);

    // Cutting a text could merge two callers silently. Not every database stores control characters.
    private static bool IsListable(string text) =>
        text.Length <= AgentReportUseCaller.MaxTextLength && !text.Any(char.IsControl);
}

using Culvert.Platform.Wire;

namespace Culvert.Tunnel.Agent.Audit;

/// <summary>What happened to one name since the last report.</summary>
internal sealed class CallCount
{
    private readonly Dictionary<string, long> decisions = new(StringComparer.Ordinal);
    private DateTimeOffset seen;
    private DateTimeOffset? called;
    private AgentReportCaller? caller;

    public void Add(CallRecord record)
    {
        if (record.Decision.Length > 0)
        {
            decisions[record.Decision] = decisions.GetValueOrDefault(record.Decision) + 1;
        }

        See(record.Time);
        called = record.Time;
        caller =
            record.Issuer.Length == 0
                ? null
                : new AgentReportCaller
                {
                    Issuer = Cut(record.Issuer),
                    Subject = Cut(record.Subject),
                    ClientId = Cut(record.ClientId),
                };
    }

    public void See(DateTimeOffset at) => seen = at > seen ? at : seen;

    public AgentReportUse ToWire(string route, string kind, string name) =>
        new()
        {
            Route = route,
            Kind = kind,
            Name = name,
            Decisions = decisions,
            LastSeenAt = seen.UtcDateTime,
            LastCalledAt = called?.UtcDateTime,
            LastCaller = caller,
        };

    // Not every database stores control characters.
    private static string Cut(string text) =>
        text.Any(char.IsControl) ? CallCounts.Other
        : text.Length <= 512 ? text
        : text[..512];
}

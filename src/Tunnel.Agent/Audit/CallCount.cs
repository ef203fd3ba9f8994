using Culvert.Platform.Wire;

namespace Culvert.Tunnel.Agent.Audit;

/// <summary>The calls of one name since the last report.</summary>
internal sealed class CallCount
{
    private readonly Dictionary<string, long> decisions = new(StringComparer.Ordinal);
    private readonly CallerCounts callers = new();
    private AgentReportAnswers? answers;
    private DateTimeOffset seen;
    private DateTimeOffset? called;
    private DateTimeOffset? shown;
    private (string Issuer, string Subject, string ClientId) caller = ("", "", ""); // empty on routes that do not authenticate callers

    public void Add(CallRecord record)
    {
        Add(record.Decision, record.Time, (record.Issuer, record.Subject, record.ClientId));
        // Under other modes everything crosses.
        if (record is { Answer: { } answer, Mode: "enforce" })
        {
            Add(answer);
        }
    }

    public void Add(string decision, DateTimeOffset at, (string Issuer, string Subject, string ClientId) who)
    {
        if (decision.Length > 0)
        {
            decisions[decision] = decisions.GetValueOrDefault(decision) + 1;
        }

        Update(at);
        (called, caller) = (at, who);
        callers.Add(decision, at, who);
    }

    private void Add(CallAnswer answer)
    {
        var sum = answers ?? new AgentReportAnswers(0, 0, 0, 0, 0, 0);
        answers = new AgentReportAnswers(
            Judged: sum.Judged + 1,
            RowsCrossed: sum.RowsCrossed + answer.Rows,
            RowsKeptInside: sum.RowsKeptInside + answer.RowsRemoved,
            ValuesRemoved: sum.ValuesRemoved + answer.FieldsRemoved,
            Withheld: sum.Withheld + (answer.Problem.Length > 0 ? 1 : 0),
            Unfit: sum.Unfit + (answer.Problem.Length > 0 && answer.Problem != CallAnswer.ServerError ? 1 : 0)
        );
    }

    public int Callers => callers.Count;

    /// <summary>The name was in a list.</summary>
    /// <param name="isShown">Whether the caller got it.</param>
    public void AddToList(DateTimeOffset at, bool isShown)
    {
        Update(at);
        shown = isShown ? at : shown;
    }

    private void Update(DateTimeOffset at) => seen = at > seen ? at : seen;

    public AgentReportUse ToWire(string route, string kind, string name) =>
        new(
            Route: route,
            Kind: kind,
            Name: name,
            Decisions: decisions,
            LastSeenAt: seen.UtcDateTime,
            LastCalledAt: called?.UtcDateTime,
            LastCaller: caller.Issuer.Length == 0
                ? null
                : new AgentReportCaller(
                    Issuer: Cut(caller.Issuer),
                    Subject: Cut(caller.Subject),
                    ClientId: Cut(caller.ClientId)
                ),
            Callers: callers.ToWire(),
            Answers: answers,
            LastShownAt: shown?.UtcDateTime
        );

    // Not every database stores control characters.
    private static string Cut(string text) =>
        text.Any(char.IsControl) ? CallCounts.Other
        : text.Length <= 512 ? text
        : text[..512];
}

using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tunnels.Inventory;

internal static class UsageCheck
{
    public const int MaxNames = 5_000;

    /// <summary>Maximum number of stored caller rows per tunnel: one for each name that a caller calls.</summary>
    public const int MaxCallers = 20_000;

    public const int MaxRoutes = 1_000;

    private const int MaxEntries = 256;
    private const int MaxTextLength = 512;
    private const int MaxRunLength = 64;

    // No sum over many reports can overflow.
    private const long MaxCount = 1_000_000_000;
    private const long MaxBytes = 1L << 50;
    private const long MaxRows = 1L << 40;

    private static readonly string[] Kinds = ["tool", "prompt", "resource", "method"];
    private static readonly string[] Decisions = ["allow", "deny", "refuse", "would_deny", "would_refuse"];

    public static bool IsKind(string kind) => Kinds.Contains(kind, StringComparer.Ordinal);

    public static bool IsGood(AgentReportUsage? usage) =>
        usage is null
        || (
            usage.Run.Length is > 0 and <= MaxRunLength
            && usage.Sequence > 0
            && usage.Entries.Count <= MaxEntries
            && usage.Entries.All(IsGood)
            && (usage.Minutes is not { } minutes || IsGood(minutes))
            && usage.Entries.Sum(use => use.Callers?.Count ?? 0) <= AgentReportUseCaller.MaxPerReport
        );

    private static bool IsGood(AgentReportUse? use) =>
        use is not null
        && IsKind(use.Kind)
        && IsText(use.Route)
        && IsText(use.Name)
        && use.Decisions.All(d => Decisions.Contains(d.Key, StringComparer.Ordinal) && d.Value is >= 0 and <= MaxCount)
        && (
            use.LastCaller is not { } caller
            || (IsText(caller.Issuer) && IsStorable(caller.Subject) && IsStorable(caller.ClientId))
        )
        && (use.Callers is not { } callers || callers.All(IsGood))
        && (use.Answers is not { } answers || IsGood(answers));

    private static bool IsGood(AgentReportAnswers answers) =>
        answers is { Unfit: >= 0, RowsCrossed: >= 0 and <= MaxRows, RowsKeptInside: >= 0 and <= MaxRows }
        && answers is { Judged: <= MaxCount, ValuesRemoved: >= 0 and <= MaxRows }
        && answers.Unfit <= answers.Withheld
        && answers.Withheld <= answers.Judged;

    private static bool IsGood(IReadOnlyList<AgentReportMinute> minutes) =>
        minutes.Count <= AgentReportMinute.MaxPerReport
        && minutes.All(minute =>
            minute is { Calls: >= 0 and <= MaxCount, Denied: >= 0 }
            && minute.Denied <= minute.Calls
            && minute is { RequestBytes: >= 0 and <= MaxBytes, ResponseBytes: >= 0 and <= MaxBytes }
            && minute.Durations.Count == AgentReportMinute.DurationBounds.Count + 1
            && minute.Durations.All(count => count is >= 0 and <= MaxCount)
        );

    // Empty names: the route does not authenticate its callers.
    private static bool IsGood(AgentReportUseCaller? caller) =>
        caller is { Calls: >= 0 and <= MaxCount, Denied: >= 0 }
        && caller.Denied <= caller.Calls
        && IsShort(caller.Issuer)
        && IsShort(caller.Subject)
        && IsShort(caller.ClientId);

    private static bool IsShort(string text) => text.Length <= AgentReportUseCaller.MaxTextLength && IsStorable(text);

    private static bool IsText(string text) => text.Length > 0 && IsStorable(text);

    // No database accepts every control character.
    private static bool IsStorable(string text) => text.Length <= MaxTextLength && !text.Any(char.IsControl);
}

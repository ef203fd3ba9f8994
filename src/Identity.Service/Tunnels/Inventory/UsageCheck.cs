using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tunnels.Inventory;

/// <summary>What of an agent's counts can be.</summary>
internal static class UsageCheck
{
    /// <summary>Names of one tunnel that are kept.</summary>
    public const int MaxNames = 5_000;

    private const int MaxEntries = 256;
    private const int MaxTextLength = 512;
    private const int MaxRunLength = 64;

    // No sum over many reports can overflow.
    private const long MaxCount = 1_000_000_000;

    private static readonly string[] Kinds = ["tool", "prompt", "resource", "method"];
    private static readonly string[] Decisions = ["allow", "deny", "refuse", "would_deny", "would_refuse"];

    public static bool IsGood(AgentReportUsage? usage) =>
        usage is null
        || (
            usage.Run.Length is > 0 and <= MaxRunLength
            && usage.Sequence > 0
            && usage.Entries.Count <= MaxEntries
            && usage.Entries.All(IsGood)
        );

    private static bool IsGood(AgentReportUse? use) =>
        use is not null
        && Kinds.Contains(use.Kind, StringComparer.Ordinal)
        && IsText(use.Route)
        && IsText(use.Name)
        && use.Decisions.All(d => Decisions.Contains(d.Key, StringComparer.Ordinal) && d.Value is >= 0 and <= MaxCount)
        && (
            use.LastCaller is not { } caller
            || (IsText(caller.Issuer) && IsStorable(caller.Subject) && IsStorable(caller.ClientId))
        );

    private static bool IsText(string text) => text.Length > 0 && IsStorable(text);

    // No database takes every control character.
    private static bool IsStorable(string text) => text.Length <= MaxTextLength && !text.Any(char.IsControl);
}

using System.Text;
using Culvert.Platform.Wire;

namespace Culvert.Platform.Configuration;

/// <summary>
/// Checks the form of a route policy: bounds, strict YAML and the top-level keys. Only the agent can validate the
/// rules, because they depend on the route.
/// </summary>
public static class PolicyForm
{
    public const int MaxBytes = 256 * 1024;

    /// <summary>The most problems in one result: a text with more of them usually has one cause for many.</summary>
    public const int MaxProblems = 20;

    /// <summary>The first reason why no agent could use the text; null when the form is valid.</summary>
    public static string? FindProblem(string text) => FindProblems(text) is [var first, ..] ? first.ToString() : null;

    /// <summary>Why no agent could use the text, at most <see cref="MaxProblems"/>; empty when valid.</summary>
    public static IReadOnlyList<PolicyProblem> FindProblems(string text)
    {
        // A UTF-16 character is at least one byte of UTF-8, so a text that is too long is not encoded.
        if (text.Length > MaxBytes || Encoding.UTF8.GetByteCount(text) > MaxBytes)
        {
            return [new(null, "", $"The policy has more than {MaxBytes / 1024} KiB.", "Shorten it.")];
        }

        // A reviewer must see exactly what an agent reads.
        var plain = text.Replace("\r\n", " ", StringComparison.Ordinal).Replace('\n', ' ').Replace('\t', ' ');
        if (!IsWellFormed(text) || VisibleText.Escape(plain).Length != plain.Length)
        {
            return
            [
                new(
                    null,
                    "",
                    "The policy has characters that cannot be seen, or turn text around.",
                    "Write them as escapes: \"\\u202e\"."
                ),
            ];
        }

        var document = ConfigDocument.FromContent("policy", Encoding.UTF8.GetBytes(text));
        ReadTop(document.Root);
        return [.. document.Complete().Take(MaxProblems).Select(PolicyProblem.From)];
    }

    /// <summary>A policy without a mode would allow everything, so the mode must be written.</summary>
    public static void RequireMode(ConfigSection root)
    {
        if (!root.Has("mode"))
        {
            root.Error("mode", "The policy must say what it does.", "Write mode: observe or mode: enforce.");
        }
    }

    private static void ReadTop(ConfigSection root)
    {
        root.Choice("mode", "enforce", "off", "record", "observe", "enforce");
        root.Choice("default", "deny", "allow", "deny");
        root.Skip("rules");
        root.Skip("json");
        root.Strings("query");
        root.Sequence("rules", out _);
        root.Mapping("json", out _);
        RequireMode(root);
    }

    private static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                return false;
            }
        }

        return true;
    }
}

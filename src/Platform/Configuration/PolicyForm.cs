using System.Text;
using Culvert.Platform.Wire;

namespace Culvert.Platform.Configuration;

/// <summary>
/// The form of a route's policy that travels by the service: bounds, strict YAML and the keys of the top level. Whether
/// the rules make sense depends on the route, so only its agent can tell.
/// </summary>
public static class PolicyForm
{
    /// <summary>Of one text.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>Of one answer: a text with more errors has one cause for many.</summary>
    public const int MaxProblems = 20;

    /// <summary>The first reason why no agent could use the text; null: the form is good.</summary>
    public static string? FindProblem(string text) => FindProblems(text) is [var first, ..] ? first.ToString() : null;

    /// <summary>Why no agent could use the text, at most <see cref="MaxProblems"/> reasons; none: the form is good.</summary>
    public static IReadOnlyList<PolicyProblem> FindProblems(string text)
    {
        // Two bytes of UTF-16 are at least one of UTF-8: nothing long is encoded to be measured.
        if (text.Length > MaxBytes || Encoding.UTF8.GetByteCount(text) > MaxBytes)
        {
            return [new(null, "", $"The policy has more than {MaxBytes / 1024} KiB.", "Shorten it.")];
        }

        // What a reviewer reads must be what an agent reads.
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

    /// <summary>A policy that states no mode would let everything pass: that must be written out.</summary>
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

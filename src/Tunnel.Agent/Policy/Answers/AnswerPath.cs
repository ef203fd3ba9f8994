using System.Diagnostics.CodeAnalysis;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Policy.Answers;

/// <summary>
/// Positions inside an answer: a JSON pointer (RFC 6901) in which <c>*</c> is every element of an array, or every member
/// of an object. Elements have no other name: their number does not show what they contain.
/// </summary>
internal sealed class AnswerPath
{
    /// <summary>The whole structured part.</summary>
    public static readonly AnswerPath Whole = new("", []);

    private AnswerPath(string text, string?[] steps) => (Text, Steps) = (text, steps);

    public string Text { get; }

    /// <summary>The path as people read it.</summary>
    public string Description => Text.Length > 0 ? Text : "the structured part";

    /// <summary>The names from the root to the value; null for <c>*</c>.</summary>
    public IReadOnlyList<string?> Steps { get; }

    /// <summary>Whether this path, in which <c>*</c> is every name, is also that of the values at another position.</summary>
    public bool Covers(IReadOnlyList<string?> steps)
    {
        var covers = Steps.Count == steps.Count;
        for (var i = 0; covers && i < steps.Count; i++)
        {
            covers = Steps[i] is not { } name || string.Equals(name, steps[i], StringComparison.Ordinal);
        }

        return covers;
    }

    public static bool TryParse(string text, [NotNullWhen(true)] out AnswerPath? path)
    {
        path = JsonPointer.TryParse(text, out var pointer)
            ? new AnswerPath(text, [.. pointer.Names.Select(name => name == "*" ? null : name)])
            : null;
        return path is not null;
    }

    public override string ToString() => Text;
}

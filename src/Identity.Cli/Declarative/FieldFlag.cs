using Culvert.Identity.Cli.Api;

namespace Culvert.Identity.Cli.Declarative;

/// <summary>The command-line form of a field.</summary>
/// <param name="Name">For example <c>--algorithm</c>.</param>
/// <param name="Value">The placeholder of the value in help; empty if the field lists its words.</param>
/// <param name="Nothing">The word for null, or for an empty list; null: there is none.</param>
internal sealed record FieldFlag(string Name, string Value = "", string? Nothing = null)
{
    /// <summary>The field is a number of seconds, written as a duration up to this.</summary>
    public TimeSpan? MaxDuration { get; init; }

    public TimeSpan MinDuration { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The flag takes names of these objects, the file ids.</summary>
    public Noun? RefersTo { get; init; }
}

using Culvert.Identity.Cli.Api;

namespace Culvert.Identity.Cli.Declarative;

/// <summary>How a field is written on the command line.</summary>
/// <param name="Name">Such as <c>--algorithm</c>.</param>
/// <param name="Value">The placeholder of the value in the help; not needed where the field has its words.</param>
/// <param name="Nothing">The word for null, or for an empty list; null: there is none.</param>
internal sealed record FieldFlag(string Name, string Value = "", string? Nothing = null)
{
    /// <summary>A number of seconds, written as a duration up to this.</summary>
    public TimeSpan? MaxDuration { get; init; }

    public TimeSpan MinDuration { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The flag takes names of such objects, the file ids.</summary>
    public Noun? RefersTo { get; init; }
}

using System.Text.Json.Serialization;
using Culvert.Identity.Service.Federation.Rules.Conditions;

namespace Culvert.Identity.Service.Federation.Rules;

/// <summary>What a condition reads as <c>directory</c>, in a test instead of the directory.</summary>
/// <param name="Groups">The display names of the person's groups; null = none.</param>
/// <param name="GroupIds">The ids of the person's groups; null = none.</param>
internal sealed record TestDirectory(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Groups = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? GroupIds = null
)
{
    public const int MaxGroups = 64;
    public const int MaxTextLength = 256;

    /// <summary>The error in a sentence; null if there is none.</summary>
    public string? Check() =>
        IsValid(Groups) && IsValid(GroupIds)
            ? null
            : $"directory: groups and group_ids have at most {MaxGroups} strings of 1 to {MaxTextLength} characters.";

    public PersonGroups ToGroups() => new(Groups ?? [], GroupIds ?? []);

    private static bool IsValid(IReadOnlyList<string>? list) =>
        list is null || (list.Count <= MaxGroups && list.All(text => text is { Length: >= 1 and <= MaxTextLength }));
}

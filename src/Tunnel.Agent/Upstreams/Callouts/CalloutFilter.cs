using System.Collections.Frozen;
using System.Text.Json;

namespace Culvert.Tunnel.Agent.Upstreams.Callouts;

/// <summary>A caller's selection of targets; case and outer whitespace are ignored, an empty list selects all.</summary>
/// <param name="Categories">A target has one of these.</param>
/// <param name="Sources">Like the categories.</param>
/// <param name="Tags">A target has all of these.</param>
internal sealed record CalloutFilter(
    IReadOnlySet<string> Categories,
    IReadOnlySet<string> Sources,
    IReadOnlySet<string> Tags
)
{
    private static readonly FrozenSet<string> Everything = [];

    /// <summary>Null if the arguments do not have the required shape.</summary>
    public static CalloutFilter? Read(JsonElement arguments)
    {
        if (arguments.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var filter = new CalloutFilter(Everything, Everything, Everything);
        foreach (var member in arguments.EnumerateObject())
        {
            if (ReadWords(member.Value) is not { } words)
            {
                return null;
            }

            switch (member.Name)
            {
                case "categories":
                    filter = filter with { Categories = words };
                    break;
                case "sources":
                    filter = filter with { Sources = words };
                    break;
                case "tags":
                    filter = filter with { Tags = words };
                    break;
                default:
                    return null;
            }
        }

        return filter;
    }

    public IReadOnlyList<CalloutTarget> Select(IEnumerable<CalloutTarget> targets) =>
        [
            .. targets.Where(t =>
                (Categories.Count == 0 || Categories.Contains(t.Category))
                && (Sources.Count == 0 || Sources.Contains(t.Category))
                && Tags.All(tag => t.Tags.Contains(tag, StringComparer.Ordinal))
            ),
        ];

    private static HashSet<string>? ReadWords(JsonElement list)
    {
        if (list.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var words = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String)
            {
                return null;
            }

            if (item.GetString()!.Trim().ToLowerInvariant() is { Length: > 0 } word)
            {
                words.Add(word);
            }
        }

        return words;
    }
}

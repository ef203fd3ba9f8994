using System.Text.RegularExpressions;

namespace Culvert.Identity.Service.Tunnels.RangeSets;

/// <summary>A named list of source ranges of an organization, used by any of its tunnels (S21).</summary>
/// <param name="Revision">Counts changes, from 1.</param>
internal sealed partial record ClientRangeSet(
    string OrganizationId,
    string Name,
    IReadOnlyList<string> Ranges,
    long Revision,
    DateTimeOffset UpdatedAt
)
{
    /// <summary>1 to 63 of a-z, 0-9 and hyphen: nothing that a URL path or LIKE treats specially.</summary>
    public static bool IsName(string? name) => name is not null && NamePattern().IsMatch(name);

    [GeneratedRegex("^[a-z0-9-]{1,63}\\z", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}

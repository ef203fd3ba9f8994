namespace Culvert.Identity.Service.Federation.Rules.Conditions;

/// <summary>The groups that the directory of an issuer provisions for a person, in one order in both lists.</summary>
/// <param name="Names">The display names, exactly as the directory sent them. Several groups may have the same name.</param>
/// <param name="Ids">The ids that this service assigned; no other group ever gets one of them.</param>
internal sealed record PersonGroups(IReadOnlyList<string> Names, IReadOnlyList<string> Ids)
{
    /// <summary>The most groups of one person that conditions can read.</summary>
    public const int Max = 1000;

    public static readonly PersonGroups None = new([], []);

    /// <summary>No user of the directory is linked to the subject: there are no groups.</summary>
    public static readonly PersonGroups OfNoUser = None with { HasUser = false };

    /// <summary>More than <see cref="Max"/>: conditions that read the groups cannot be evaluated.</summary>
    public static readonly PersonGroups TooMany = None with { IsTooMany = true };

    public bool HasUser { get; private init; } = true;

    public bool IsTooMany { get; private init; }
}

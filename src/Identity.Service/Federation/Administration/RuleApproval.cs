using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Settings;

namespace Culvert.Identity.Service.Federation.Administration;

/// <summary>
/// The second person for rules for people (S16): a version that grants more than the version in force takes effect when
/// someone who wrote no part of it approves it. Until then the version in force decides.
/// </summary>
internal sealed class RuleApproval(IRuleStore store, Current<ApprovalOptions> options)
{
    // The most versions that are read at once.
    private const int Batch = 100;

    /// <summary>The version to save: <paramref name="after"/>, which awaits approval if it needs a second person.</summary>
    /// <param name="before">The newest version; null if the rule is new.</param>
    public async ValueTask<Rule> ApplyAsync(Rule? before, Rule after, CancellationToken cancellationToken)
    {
        if (
            after.SubjectType != SubjectType.Person
            || after.State != RuleState.Enforce
            || after.IsArchived
            || options.Value.IsSingle
        )
        {
            return after;
        }

        var inForce = await FindInForceAsync(before, cancellationToken);
        return inForce is not null && RuleNarrowing.Narrows(inForce, after)
            ? after
            : after with
            {
                EnforcedVersion = inForce?.Version,
            };
    }

    /// <summary>The version that decides now; null if none does.</summary>
    public async ValueTask<Rule?> FindInForceAsync(Rule? newest, CancellationToken cancellationToken) =>
        newest?.EnforcedVersion is not { } version ? null
        : version == newest.Version ? newest
        : await store.FindVersionAsync(newest.OrganizationId, newest.Id.Value, version, cancellationToken);

    /// <summary>
    /// The ids of the actors who added what the version in force does not grant. If all was granted before and the rule was
    /// off since, those who enforce it again.
    /// </summary>
    public async ValueTask<IReadOnlyCollection<string>> FindAuthorsAsync(
        Rule newest,
        CancellationToken cancellationToken
    )
    {
        HashSet<string> authors = new(StringComparer.Ordinal);
        HashSet<string> enforcers = new(StringComparer.Ordinal);
        var later = newest;
        while (true)
        {
            var versions = await store.ListVersionsAsync(
                newest.OrganizationId,
                newest.Id.Value,
                new PageRequest(Batch, later.Version, IncludeArchived: true),
                cancellationToken
            );
            foreach (var earlier in versions)
            {
                if (!RuleNarrowing.Narrows(earlier, later with { State = earlier.State }))
                {
                    authors.Add(later.Stamps.UpdatedBy);
                }
                else if (!RuleNarrowing.Narrows(earlier, later))
                {
                    enforcers.Add(later.Stamps.UpdatedBy);
                }

                if (earlier.EnforcedVersion == earlier.Version)
                {
                    return authors.Count > 0 ? authors : enforcers;
                }

                later = earlier;
            }

            if (versions.Count == 0)
            {
                // The first version: all of it is its author's.
                authors.Add(later.Stamps.UpdatedBy);
                return authors;
            }
        }
    }
}

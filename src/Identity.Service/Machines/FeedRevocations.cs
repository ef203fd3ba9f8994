using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Tokens.Revocations;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Machines;

/// <summary>What the feeds of an organization's agents say of revoked access tokens (S35). Bounded, and complete.</summary>
internal sealed class FeedRevocations(RevocationSet revocations, ServiceIdentity identity)
{
    /// <summary>
    /// So many are listed individually. More become one, up to the latest moment among those left over, for all tokens
    /// of the organization: some valid ones must then be exchanged again, and no revoked one is accepted.
    /// </summary>
    public const int MostUntil = 4_096;

    /// <summary>Reads what was committed before the revision that a feed is made for.</summary>
    public Task RefreshAsync(CancellationToken cancellationToken) => revocations.RefreshAsync(cancellationToken);

    /// <summary>Null = nothing is revoked.</summary>
    public AgentFeedTokenRevocations? Of(string organizationId)
    {
        var all = revocations.Of(organizationId).ToLookup(one => one.Kind.KnowsTime());
        if (all.Count == 0)
        {
            return null;
        }

        var until = all[true]
            .OrderByDescending(one => one.IssuedBefore)
            .ThenBy(one => one.Kind)
            .ThenBy(one => one.Value, StringComparer.Ordinal)
            .Select(one => new AgentFeedTokenRevocation
            {
                Kind = one.Kind.Name(),
                Value = one.Value,
                IssuedBefore = one.IssuedBefore,
            })
            .ToList();
        return new AgentFeedTokenRevocations
        {
            Issuer = identity.PublicUrl,
            Hashes = AgentFeedTokenRevocations.Join(
                all[false].Select(one => AgentFeedTokenRevocations.ComputeHash(one.Kind.Name(), one.Value))
            ),
            Until = until.Count <= MostUntil ? until : [.. until.Take(MostUntil - 1), ForAll(until[MostUntil - 1])],
        };
    }

    private static AgentFeedTokenRevocation ForAll(AgentFeedTokenRevocation latest) =>
        latest with
        {
            Kind = RevocationKind.IssuedBefore.Name(),
            Value = "",
        };
}

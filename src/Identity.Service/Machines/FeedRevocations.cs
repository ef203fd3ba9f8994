using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Tokens.Revocations;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Machines;

/// <summary>The revoked access tokens in the feeds of an organization's agents (S35). Bounded and complete.</summary>
internal sealed class FeedRevocations(RevocationSet revocations, ServiceIdentity identity)
{
    /// <summary>
    /// The maximum number of individual entries. The rest becomes one entry for all tokens of the organization up to the
    /// latest time among them: some valid tokens must then be exchanged again, and no revoked one is accepted.
    /// </summary>
    public const int MostUntil = 4_096;

    public Task RefreshAsync(CancellationToken cancellationToken) => revocations.RefreshAsync(cancellationToken);

    public AgentFeedTokenRevocations? GetRevocations(string organizationId)
    {
        var all = revocations.GetRevocations(organizationId).ToLookup(one => one.Kind.KnowsTime());
        if (all.Count == 0)
        {
            return null;
        }

        var until = all[true]
            .OrderByDescending(one => one.IssuedBefore)
            .ThenBy(one => one.Kind)
            .ThenBy(one => one.Value, StringComparer.Ordinal)
            .Select(one => new AgentFeedTokenRevocation(
                Kind: one.Kind.Name(),
                Value: one.Value,
                IssuedBefore: one.IssuedBefore
            ))
            .ToList();
        return new AgentFeedTokenRevocations(
            Issuer: identity.PublicUrl,
            Hashes: AgentFeedTokenRevocations.Join(
                all[false].Select(one => AgentFeedTokenRevocations.ComputeHash(one.Kind.Name(), one.Value))
            ),
            Until: until.Count <= MostUntil ? until : [.. until.Take(MostUntil - 1), ForAll(until[MostUntil - 1])]
        );
    }

    private static AgentFeedTokenRevocation ForAll(AgentFeedTokenRevocation latest) =>
        latest with
        {
            Kind = RevocationKind.IssuedBefore.Name(),
            Value = "",
        };
}

using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Tokens.Revocations;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Machines;

/// <summary>
/// The off-boarded people in the feeds of an organization's agents, which refuse tokens of any issuer for them (S35).
/// Bounded and complete.
/// </summary>
internal sealed class FeedPeople(RevocationSet revocations, IssuerStore issuers)
{
    /// <summary>
    /// The maximum number of individual entries. Those whose tokens are the oldest become one entry per identity provider,
    /// for all its people, up to the latest time among them: some valid tokens must then be requested again, and none of
    /// an off-boarded person is accepted.
    /// </summary>
    public const int MostPeople = 4_096;

    public async ValueTask<IReadOnlyList<AgentFeedOffBoarding>?> ListAsync(
        string organizationId,
        CancellationToken cancellationToken
    )
    {
        var all = revocations
            .GetRevocations(organizationId)
            .Where(one => one.Kind == RevocationKind.Subject)
            .OrderByDescending(one => one.IssuedBefore)
            .ThenBy(one => one.Value, StringComparer.Ordinal)
            .Select(one =>
            {
                var (issuerId, subjectHash) = TokenTraits.SplitValue(one.Value);
                return new AgentFeedOffBoarding(
                    Issuer: "",
                    IssuerId: issuerId,
                    SubjectHash: subjectHash,
                    IssuedBefore: one.IssuedBefore
                );
            })
            .ToList();
        if (all.Count == 0)
        {
            return null;
        }

        // In descending order, so the first of an identity provider is its latest.
        var rest = all.Skip(MostPeople)
            .DistinctBy(one => one.IssuerId)
            .Select(one => one with { SubjectHash = AgentFeedOffBoarding.Everybody });
        List<AgentFeedOffBoarding> told = [.. all.Take(MostPeople), .. rest];
        Dictionary<string, string> urls = new(StringComparer.Ordinal);
        foreach (var issuerId in told.Select(one => one.IssuerId).Distinct())
        {
            // Records of identity providers are archived, never deleted.
            urls[issuerId] = (await issuers.FindAsync(organizationId, issuerId, cancellationToken))?.Url ?? "";
        }

        return [.. told.Select(one => one with { Issuer = urls[one.IssuerId] })];
    }
}

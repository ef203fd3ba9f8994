using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Certificates.RelyingParties;

internal static class RelyingPartyErrors
{
    public static readonly ErrorCode NameTaken = new(
        "relying_party.name_taken",
        409,
        "The tunnel has a relying party of that name.",
        "Names of a tunnel's unarchived relying parties are unique.",
        "Choose another name, or archive the other one."
    );

    public static readonly ErrorCode Limit = new(
        "relying_party.limit",
        409,
        "The tunnel has the maximum of relying parties.",
        "A tunnel has at most 64 that are not archived.",
        "Archive those that no longer exist."
    );

    public static readonly ErrorCode Awaited = new(
        "relying_party.awaited",
        409,
        "A switch of the tunnel's authority waits for this relying party.",
        "Removing it means continuing without it, which needs two people while certificates.approval is two_person.",
        "One person must run the command in details.override; another person can then archive the relying party, or activate."
    );

    public static readonly ErrorCode Unknown = new(
        "relying_party.unknown",
        403,
        "The credential belongs to no relying party of this tunnel.",
        "It was archived, it is for another tunnel, or no record names the token's service account.",
        "Register the relying party on the tunnel, and use its credential."
    );
}

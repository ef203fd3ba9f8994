using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Tenants;

namespace Culvert.Identity.Service.Approvals;

/// <summary>
/// Identifies the person behind a caller, for the rule that two people must agree (S16, S34). A person known to an identity
/// provider is the pair of issuer URL and subject: in the console, in an access token and in an admin key's record. An admin
/// key that names no person counts as the first key of its chain, because the creator of a key could use it. Keys created on
/// the host under the same name form a chain too.
/// </summary>
internal sealed class PersonIdentification(AdminKeyStore keys, IssuerStore issuers)
{
    /// <summary>Returns the same value for two callers that count as one person.</summary>
    public async ValueTask<string> OfAsync(Caller caller, CancellationToken cancellationToken)
    {
        if (caller.Kind == CallerKind.AdminKey)
        {
            return await OfKeyAsync(caller.ActorId, cancellationToken);
        }

        // By issuer URL, not by record: the same provider may have several records.
        return
            caller is { Kind: CallerKind.AccessToken, IssuerId: { } id, SubjectHash: { } subject }
            && await issuers.FindAsync(caller.OrganizationId, id, cancellationToken) is { } issuer
            ? PersonId.FromSubjectHash(issuer.Url, subject)
            : caller.ActorId;
    }

    /// <summary>The person behind an <see cref="Caller.ActorId"/> of an admin key or a person.</summary>
    public async ValueTask<string> OfActorAsync(string actorId, CancellationToken cancellationToken) =>
        AdminKeyId.TryParse(actorId, out var key) ? await OfKeyAsync(key.Value, cancellationToken) : actorId;

    /// <summary>The person that an admin key counts as.</summary>
    public async ValueTask<string> OfKeyAsync(string keyId, CancellationToken cancellationToken)
    {
        // Follows the whole chain: if a deep chain were cut off, its key would count as a second person. There is no cycle,
        // because a creator is older than what it creates.
        var key = keyId;
        while (true)
        {
            var (creator, owner) = await keys.FindOriginAsync(key, cancellationToken);
            if (owner is not null)
            {
                return PersonId.FromSubject(owner.Issuer, owner.Subject);
            }

            if (creator is null)
            {
                return key;
            }

            key = creator;
        }
    }

    public static bool IsPerson(Caller caller) => caller.Kind != CallerKind.AccessToken;

    /// <summary>Why a caller may never approve or override; null = it may.</summary>
    public static Refusal? CheckIsPerson(Caller caller) => IsPerson(caller) ? null : ApprovalErrors.Federated.Refuse();

    /// <summary>Why <paramref name="second"/> does not count as a second person; null = the two differ.</summary>
    /// <param name="first">The person of the first step; null = the service.</param>
    /// <param name="second">The person who approves.</param>
    public static Refusal? CheckAreTwo(string? first, string second, ErrorCode samePerson) =>
        first == second ? samePerson.Refuse()
        // A key that names no person may belong to the person whom the provider knows.
        : first is not null && PersonId.IsKnownToProvider(first) != PersonId.IsKnownToProvider(second)
            ? ApprovalErrors.PersonUnknown.Refuse()
        : null;
}

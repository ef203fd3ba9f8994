using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Tenants;

namespace Culvert.Identity.Service.Approvals;

/// <summary>
/// Which person a caller is, for the rule that two must agree (S16, S34). A person whom an identity provider knows is the
/// pair of issuer URL and subject, in the console, in an access token and in the record of an admin key. An admin key that
/// names no person counts as the first key of its chain: the maker of a key could use it. Keys that were made on the
/// host for the same name form a chain too.
/// </summary>
internal sealed class Persons(AdminKeyStore keys, IssuerStore issuers)
{
    /// <summary>Equal for two callers when they count as one person.</summary>
    public async ValueTask<string> OfAsync(Caller caller, CancellationToken cancellationToken)
    {
        if (caller.Kind == CallerKind.AdminKey)
        {
            return await OfKeyAsync(caller.ActorId, cancellationToken);
        }

        // Of the issuer's URL, not of its record: the same provider may have several records.
        return
            caller is { Kind: CallerKind.AccessToken, IssuerId: { } id, SubjectHash: { } subject }
            && await issuers.FindAsync(caller.OrganizationId, id, cancellationToken) is { } issuer
            ? PersonId.FromSubjectHash(issuer.Url, subject)
            : caller.ActorId;
    }

    /// <summary>The person of an <see cref="Caller.ActorId"/> that is an admin key's or a person's.</summary>
    public async ValueTask<string> OfActorAsync(string actorId, CancellationToken cancellationToken) =>
        AdminKeyId.TryParse(actorId, out var key) ? await OfKeyAsync(key.Value, cancellationToken) : actorId;

    /// <summary>The person that an admin key counts as.</summary>
    public async ValueTask<string> OfKeyAsync(string keyId, CancellationToken cancellationToken)
    {
        // To the end, however long: if a deep chain were cut off, a key in it would count as a second person.
        // There is no loop, since a creator exists before what it creates.
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

    /// <summary>Whether a person acts, not a federated workload.</summary>
    public static bool IsPerson(Caller caller) => caller.Kind != CallerKind.AccessToken;

    /// <summary>Why a caller may not approve or override at all; null = it may.</summary>
    public static Refusal? CheckIsPerson(Caller caller) => IsPerson(caller) ? null : ApprovalErrors.Federated.Refuse();

    /// <summary>
    /// Why <paramref name="second"/> does not count in addition to <paramref name="first"/>; null = they are two.
    /// </summary>
    /// <param name="first">The person of the first step; null = the service itself.</param>
    /// <param name="second">The person who approves it.</param>
    /// <param name="samePerson">The refusal when they are one.</param>
    public static Refusal? CheckAreTwo(string? first, string second, ErrorCode samePerson) =>
        first == second ? samePerson.Refuse()
        // A key that names no person may be in the hands of the very person that the provider knows.
        : first is not null && PersonId.IsKnownToProvider(first) != PersonId.IsKnownToProvider(second)
            ? ApprovalErrors.PersonUnknown.Refuse()
        : null;
}

using Culvert.Identity.Service.Admin;
using Culvert.Identity.Service.Hosting;

namespace Culvert.Identity.Service.Certificates.Approvals;

/// <summary>
/// Which person a caller is, for the rule that two must agree (S16). A key that was made with another key belongs to
/// whoever holds that one: so the first key of the chain stands for the person. Keys that were made on the host for the
/// same name form a chain too. A federated caller is the subject that its identity provider vouches for, whoever wrote the
/// rule.
/// </summary>
internal sealed class Persons(IAdminKeyStore keys)
{
    /// <summary>Equal for two callers exactly when they count as one person.</summary>
    public async ValueTask<string> OfAsync(Caller caller, CancellationToken cancellationToken)
    {
        if (caller.Kind != CallerKind.AdminKey)
        {
            return caller is { IssuerId: { } issuer, SubjectHash: { } subject }
                ? $"{issuer}/{subject}"
                : caller.ActorId;
        }

        return await OfKeyAsync(caller.ActorId, cancellationToken);
    }

    /// <summary>The person that an admin key counts as.</summary>
    public async ValueTask<string> OfKeyAsync(string keyId, CancellationToken cancellationToken)
    {
        // To the end, however long: a key that stands for itself because it is many keys deep would be a second person.
        // There is no loop, since a creator exists before what it creates.
        var root = keyId;
        while (await keys.FindCreatorAsync(root, cancellationToken) is { } creator)
        {
            root = creator;
        }

        return root;
    }
}

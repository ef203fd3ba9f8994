using Culvert.Identity.Service.Admin;
using Culvert.Identity.Service.Hosting;

namespace Culvert.Identity.Service.Certificates.Approvals;

/// <summary>
/// Which person a caller is, for the rule that two must agree (S16). A key that was made with another key belongs to
/// whoever holds that one: so the first key of the chain stands for the person. Keys that were made on the host for the
/// same name form a chain too. A federated caller is the subject that
/// its identity provider vouches for, whoever wrote the rule.
/// </summary>
internal sealed class Persons(IAdminKeyStore keys)
{
    // Keys that make keys that make keys: more than this many deep is a loop or somebody hiding.
    private const int MaxDepth = 64;

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
        var root = keyId;
        for (var depth = 0; depth < MaxDepth; depth++)
        {
            if (await keys.FindCreatorAsync(root, cancellationToken) is not { } creator)
            {
                return root;
            }

            root = creator;
        }

        // Everything below such a chain is one person.
        return "chain-too-long";
    }
}

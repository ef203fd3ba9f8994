using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tokens.Revocations;

/// <summary>A revocation that has not been committed.</summary>
/// <param name="Statements">Store it, and end what depends on the tokens that it covers.</param>
internal sealed record PreparedRevocation(TokenRevocation Revocation, IReadOnlyList<Statement> Statements)
{
    /// <summary>Whether nothing of the kind and value was revoked before.</summary>
    public required bool IsNew { get; init; }

    /// <summary>The stored revocation if it covers this one already.</summary>
    public required TokenRevocation? Known { get; init; }
}

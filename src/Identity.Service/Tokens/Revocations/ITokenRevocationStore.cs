using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels.Machines;

namespace Culvert.Identity.Service.Tokens.Revocations;

/// <summary>Revocations until they end. At most one per organization, kind and value.</summary>
internal interface ITokenRevocationStore
{
    /// <summary>Those numbered from there on, of all organizations.</summary>
    ValueTask<IReadOnlyList<Numbered<TokenRevocation>>> SinceAsync(long ordinal, CancellationToken cancellationToken);

    ValueTask<TokenRevocation?> FindAsync(string organizationId, string id, CancellationToken cancellationToken);

    ValueTask<TokenRevocation?> FindAsync(
        string organizationId,
        RevocationKind kind,
        string value,
        CancellationToken cancellationToken
    );

    /// <summary>Those that have not ended, newest first, one more than the page holds.</summary>
    ValueTask<IReadOnlyList<Numbered<TokenRevocation>>> ListAsync(
        string organizationId,
        PageRequest page,
        DateTimeOffset now,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// The row, and the end of enrolments that rest on what is revoked (S4, S8). An existing row of the same thing is
    /// raised, never lowered, and numbered anew.
    /// </summary>
    /// <param name="at">Now: certificates issued by then are refused.</param>
    IReadOnlyList<Statement> Insert(TokenRevocation revocation, DateTimeOffset at);

    /// <summary>Enrolments that rest on tokens by that key end: whoever has the key can have made such tokens.</summary>
    IReadOnlyList<Statement> EndEnrollmentsOfKey(string keyId, DateTimeOffset at);

    /// <summary>
    /// Changes one row if nothing that the enrolment rests on is revoked, and none otherwise: for checking in the
    /// commit that enrols.
    /// </summary>
    Statement RequireNone(EnrollmentProof proof);

    Statement DeleteEnded(DateTimeOffset now);
}

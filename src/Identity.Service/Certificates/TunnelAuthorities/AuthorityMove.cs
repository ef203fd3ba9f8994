using Culvert.Identity.Service.Approvals;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>Who moves an authority, why, and what else is committed with it.</summary>
internal sealed record AuthorityMove
{
    public required AuditCause Cause { get; init; }

    /// <summary>The person behind the actor (S16); null for the service's own doing.</summary>
    public string? Person { get; init; }

    /// <summary>Whether the actor can be one of two people who must agree: workloads and the service itself cannot (S34).</summary>
    public bool IsByPerson { get; init; }

    /// <summary>Why, in the caller's words; audited.</summary>
    public string? Reason { get; init; }

    /// <summary>What the record says besides its new state: a chain, findings.</summary>
    public Func<TunnelAuthority, TunnelAuthority>? Change { get; init; }

    /// <summary>
    /// Guards that the caller has checked: <see cref="AuthorityGuards.LeavesEnded"/> when an operator forces
    /// a retirement whose blast radius was shown, for example. Audited with the move.
    /// </summary>
    public AuthorityGuards Waived { get; init; }

    /// <summary>Further statements of the same decision.</summary>
    public IReadOnlyList<Statement> With { get; init; } = [];

    /// <summary>The caller's own doing, as the person that it counts as.</summary>
    public static async ValueTask<AuthorityMove> ByCallerAsync(
        ApiRequest request,
        Persons persons,
        string? reason,
        CancellationToken cancellationToken
    ) =>
        new()
        {
            Cause = AuditCause.Of(request),
            Person = await persons.OfAsync(request.Caller, cancellationToken),
            IsByPerson = Persons.IsPerson(request.Caller),
            Reason = reason,
        };

    /// <summary>The service's own doing: upkeep, automatic rotation.</summary>
    public static AuthorityMove BySystem(string? reason = null) => new() { Cause = AuditCause.System, Reason = reason };
}

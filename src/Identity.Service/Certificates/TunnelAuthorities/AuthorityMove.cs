using Culvert.Identity.Service.Approvals;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

internal sealed record AuthorityMove
{
    public required AuditCause Cause { get; init; }

    /// <summary>The administrator behind the actor (S16); null for the service itself.</summary>
    public string? Person { get; init; }

    /// <summary>Whether the actor counts for two-person approval: workloads and the service itself do not (S34).</summary>
    public bool IsByPerson { get; init; }

    public string? Reason { get; init; }

    /// <summary>Changes of the record besides its new state: a chain, findings.</summary>
    public Func<TunnelAuthority, TunnelAuthority>? Change { get; init; }

    /// <summary>Guards that the move skips: by force, or after the taint deadline. Audited.</summary>
    public AuthorityGuards Waived { get; init; }

    public IReadOnlyList<Statement> With { get; init; } = [];

    /// <summary>A move by the caller, with the administrator that the caller counts as.</summary>
    public static async ValueTask<AuthorityMove> ByCallerAsync(
        OperationContext context,
        PersonIdentification persons,
        string? reason,
        CancellationToken cancellationToken
    ) =>
        new()
        {
            Cause = context.Cause,
            Person = await persons.OfAsync(context.Caller, cancellationToken),
            IsByPerson = PersonIdentification.IsPerson(context.Caller),
            Reason = reason,
        };

    /// <summary>A move by the service itself: upkeep, automatic rotation.</summary>
    public static AuthorityMove BySystem(string? reason = null) => new() { Cause = AuditCause.System, Reason = reason };
}

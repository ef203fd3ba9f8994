using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.History;

namespace Culvert.Identity.Service.Exchange;

/// <summary>Exactly one of the two is set.</summary>
internal readonly record struct GrantDecision(Grant? Grant, Denial Denial)
{
    public static implicit operator GrantDecision(Grant grant) => new(grant, default);

    public static implicit operator GrantDecision(Denial denial) => new(null, denial);
}

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>One cell of the table in <see cref="AuthorityTransitions"/>.</summary>
/// <param name="To">Where it leads; null = where the authority was before it was deleted.</param>
internal sealed record AuthorityTransition(
    AuthorityState From,
    AuthorityCommand Command,
    AuthorityState? To,
    AuthorityGuards Guards
);

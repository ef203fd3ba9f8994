namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>One cell of the table in <see cref="AuthorityTransitions"/>.</summary>
/// <param name="To">The target state; null = the state before the deletion.</param>
internal sealed record AuthorityTransition(
    AuthorityState From,
    AuthorityCommand Command,
    AuthorityState? To,
    AuthorityGuards Guards
);

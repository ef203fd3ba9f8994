namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <param name="To">The target state; null = the state before the deletion.</param>
internal sealed record AuthorityTransition(
    AuthorityState From,
    AuthorityCommand Command,
    AuthorityState? To,
    AuthorityGuards Guards
);

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>
/// An administrator accepts that an authority is activated, or the last one retired, although not all clients are
/// ready. With two-person approval another administrator must run the command itself (S16).
/// </summary>
/// <param name="Missing">Ids of the accepted blockers.</param>
/// <param name="Reason">The administrator's reason.</param>
/// <param name="By">Actor id.</param>
/// <param name="Person">The root of the API key that it was given with (S16).</param>
/// <param name="At">When it was given.</param>
internal sealed record AuthorityOverride(
    IReadOnlyList<string> Missing,
    string Reason,
    string By,
    string Person,
    DateTimeOffset At
);

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>
/// An administrator accepts that an authority is activated (or the last one retired) although not all clients are
/// ready. With two-person approval another person must give the command itself (S16).
/// </summary>
/// <param name="Missing">Ids of the blockers that were known and accepted.</param>
/// <param name="Reason">Why.</param>
/// <param name="By">Actor id.</param>
/// <param name="Person">The root of the key that it was made with (S16).</param>
/// <param name="At">When.</param>
internal sealed record AuthorityOverride(
    IReadOnlyList<string> Missing,
    string Reason,
    string By,
    string Person,
    DateTimeOffset At
);

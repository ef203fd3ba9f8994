using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Platform.Doctor;
using Culvert.Platform.Issuers;

namespace Culvert.Identity.Service.Status.Checks;

/// <summary>
/// Judges an issuer for the status and for the doctor: whether it was killed or paused, whether its keys could be fetched, and
/// what the keys that were fetched before are still good for.
/// </summary>
internal static class IssuerJudgement
{
    public const string Check = "issuers";

    /// <summary>Null = it is neither killed nor paused, and no fetch failed.</summary>
    /// <param name="failed">The fetches of its keys that failed, as the subject of a sentence; null = none.</param>
    /// <param name="reason">Why they failed.</param>
    /// <param name="next">What to do about them.</param>
    public static DoctorFinding? Judge(
        Issuer issuer,
        IssuerControl control,
        CachedKeyStatus kept,
        string? failed,
        string? reason,
        string next
    )
    {
        var id = issuer.Id.Value;
        var name = $"{issuer.Name} ({id})";
        if (control.Kill is { Issuer: true })
        {
            return Create(
                issuer,
                DoctorStatus.Warn,
                $"An administrator killed issuer {name}: none of its tokens is accepted.",
                $"To trust it again: culvert issuer kill {id} --issuer --undo --reason TEXT"
            );
        }

        var status = kept.Serve ? DoctorStatus.Warn : DoctorStatus.Fail;
        var why = reason is null ? "" : $" {reason.TrimEnd('.')}.";
        return control.PausedAt is { } paused
                ? Create(
                    issuer,
                    status,
                    $"The keys of issuer {name} are not fetched since {paused:u}, after too many failures; {kept.Text}.{why}",
                    $"Run culvert issuer verify {id}, fix what it shows, then run culvert issuer resume {id}"
                )
            : failed is null ? null
            : Create(issuer, status, $"{failed} of the keys of issuer {name} failed; {kept.Text}.{why}", next);
    }

    private static DoctorFinding Create(Issuer issuer, DoctorStatus status, string summary, string next) =>
        DoctorFinding.Fail(Check, summary, why: "", next) with
        {
            Subject = issuer.Id.Value,
            Status = status,
        };
}

/// <summary>What the keys that were fetched last are still good for.</summary>
/// <param name="Serve">Whether one of them is accepted.</param>
/// <param name="Text">Half a sentence.</param>
internal sealed record CachedKeyStatus(bool Serve, string Text)
{
    /// <param name="areInUse">Whether a signature of one of the keys was verified: only such keys serve when degraded.</param>
    /// <param name="until">When they become too old; null = the text leaves it out.</param>
    public static CachedKeyStatus From(
        KeyState state,
        DateTimeOffset? fetchedAt,
        bool areInUse,
        DateTimeOffset? until = null
    )
    {
        var end = until is null ? "" : $" until {until:u}";
        return state switch
        {
            KeyState.Empty => new(false, "it has no keys, and its tokens are refused"),
            KeyState.HardExpired => new(false, $"its keys of {fetchedAt:u} are too old, and its tokens are refused"),
            KeyState.Degraded => new(areInUse, $"of its keys of {fetchedAt:u} only those in use are accepted{end}"),
            _ => new(true, $"its keys of {fetchedAt:u} are still accepted{end}"),
        };
    }
}

using Culvert.Ca.Profiles;
using Culvert.Ca.Refusals;

namespace Culvert.Ca.Orders;

/// <summary>
/// When a certificate is valid and when to renew it. Its lifetime counts from <see cref="IssuedAt"/>, not from the backdated
/// <see cref="NotBefore"/>, and includes the last second, <see cref="NotAfter"/> (RFC 5280 §4.1.2.5): an hour from 12:00:00
/// ends with 12:59:59.
/// </summary>
public sealed record ValidityWindow
{
    // The renewal window's centre is within two thirds of the lifetime ± 1/15, moved by the serial number. The window itself
    // is narrow, so that certificates that were issued together are renewed at an even rate, wherever in its window each
    // machine renews. If window and shift had the same size, renewals at a fixed point of the window would cluster at two
    // thirds.
    private const double RenewalPoint = 2.0 / 3;
    private const double HalfWidth = 1.0 / 120;
    private const double MaxShift = (1.0 / 15) - HalfWidth;

    private ValidityWindow() { }

    /// <summary>Time of issuance, in whole seconds.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    public required DateTimeOffset NotBefore { get; init; }

    /// <summary>Last second of validity.</summary>
    public required DateTimeOffset NotAfter { get; init; }

    public required DateTimeOffset RenewAfter { get; init; }

    public required DateTimeOffset RenewBefore { get; init; }

    /// <summary>From issuance to the end of the last second.</summary>
    public TimeSpan Life => NotAfter - IssuedAt + TimeSpan.FromSeconds(1);

    /// <summary>Decides the window.</summary>
    /// <param name="profile">Provides default, limits and backdate.</param>
    /// <param name="now">Time of issuance.</param>
    /// <param name="askedNotBefore">Requested start, refused when it is after now or earlier than any profile backdates;
    /// null = the profile's backdate.</param>
    /// <param name="askedLife">Requested lifetime, refused when it exceeds a limit; null = the default, or what
    /// remains.</param>
    /// <param name="lifeCap">The authority's own limit of lifetimes; null = none.</param>
    /// <param name="issuer">The issuer's own period; null for a self-signed root.</param>
    /// <param name="serial">Decides the renewal window's shift.</param>
    public static CaResult<ValidityWindow> Decide(
        CertificateProfile profile,
        DateTimeOffset now,
        DateTimeOffset? askedNotBefore,
        TimeSpan? askedLife,
        TimeSpan? lifeCap,
        IssuerPeriod? issuer,
        SerialNumber serial
    )
    {
        DateTimeOffset issuedAt = WholeSeconds(now);
        TimeSpan cap = lifeCap < profile.MaxLife ? lifeCap.Value : profile.MaxLife;
        if (issuer is not null)
        {
            TimeSpan left = issuer.NotAfter - issuedAt + TimeSpan.FromSeconds(1);
            cap = left < cap ? left : cap;
        }

        if (cap < profile.MinLife)
        {
            return new CaRefusal(
                CaErrorCodes.ValidityInvalid,
                "The issuing authority has expired or is about to expire."
            );
        }

        TimeSpan life = askedLife ?? (profile.DefaultLife < cap ? profile.DefaultLife : cap);
        life = TimeSpan.FromSeconds(Math.Floor(life.TotalSeconds));
        if (life < profile.MinLife)
        {
            return new CaRefusal(
                CaErrorCodes.ValidityInvalid,
                $"The lifetime of a certificate of profile {profile.Name} must be at least {profile.MinLife.TotalSeconds:0} s."
            );
        }

        if (life > cap)
        {
            return new CaRefusal(
                CaErrorCodes.ValidityInvalid,
                $"The requested lifetime exceeds the profile's maximum or the issuer's expiry, {cap.TotalSeconds:0} s from now."
            );
        }

        if (askedNotBefore is { } asked && (asked > now || asked < issuedAt - CertificateProfile.LongestBackdate))
        {
            return new CaRefusal(
                CaErrorCodes.ValidityNotBefore,
                "A certificate begins now or at most 5 minutes ago, and never in the future."
            );
        }

        DateTimeOffset notBefore = askedNotBefore is { } wish
            ? WholeSeconds(wish)
            : Backdate(profile, issuedAt, life, issuer);
        return Lay(issuedAt, life, notBefore, serial);
    }

    /// <summary>The renewal window, which depends only on serial number and lifetime, the same for every reader.</summary>
    /// <param name="serial">Lower-case hex.</param>
    /// <param name="issuedAt">Time of issuance.</param>
    /// <param name="notAfter">Its last second.</param>
    public static (DateTimeOffset After, DateTimeOffset Before) GetRenewalWindow(
        string serial,
        DateTimeOffset issuedAt,
        DateTimeOffset notAfter
    )
    {
        TimeSpan life = notAfter - issuedAt + TimeSpan.FromSeconds(1);
        double unit = BitConverter.ToUInt16(Convert.FromHexString(serial.AsSpan()[^4..])) / (double)ushort.MaxValue;
        double centre = RenewalPoint + (((2 * unit) - 1) * MaxShift);
        return (issuedAt + (life * (centre - HalfWidth)), issuedAt + (life * (centre + HalfWidth)));
    }

    private static DateTimeOffset WholeSeconds(DateTimeOffset time) =>
        new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);

    private static ValidityWindow Lay(
        DateTimeOffset issuedAt,
        TimeSpan life,
        DateTimeOffset notBefore,
        SerialNumber serial
    )
    {
        DateTimeOffset notAfter = issuedAt + life - TimeSpan.FromSeconds(1);
        (DateTimeOffset after, DateTimeOffset before) = GetRenewalWindow(serial.Hex, issuedAt, notAfter);
        return new ValidityWindow
        {
            IssuedAt = issuedAt,
            NotBefore = notBefore,
            NotAfter = notAfter,
            RenewAfter = after,
            RenewBefore = before,
        };
    }

    private static DateTimeOffset Backdate(
        CertificateProfile profile,
        DateTimeOffset issuedAt,
        TimeSpan life,
        IssuerPeriod? issuer
    )
    {
        TimeSpan half = TimeSpan.FromSeconds(Math.Floor(life.TotalSeconds / 2));
        DateTimeOffset notBefore = issuedAt - (profile.Backdate < half ? profile.Backdate : half);

        // A leaf that begins before its authority is legal but unexpected; this happens for an authority that is a minute
        // old.
        return issuer is not null && notBefore < issuer.NotBefore && issuer.NotBefore <= issuedAt
            ? issuer.NotBefore
            : notBefore;
    }
}

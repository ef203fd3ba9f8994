using Culvert.Machine.Client.Credentials;
using Culvert.Platform.Wire;

namespace Culvert.Machine.Client.CertificateFiles;

/// <summary>Computes when a certificate in a folder is due, as pure functions.</summary>
public static class RotationSchedule
{
    /// <summary>The operator's bound or the service's window, whichever is earlier.</summary>
    public static DateTimeOffset DueAt(FiledCertificate certificate, TimeSpan renewBefore, double unit)
    {
        var window = RenewalPlan.RenewAt(
            certificate.IssuedAt,
            certificate.NotAfter,
            certificate.RenewAfter,
            certificate.RenewBefore,
            unit
        );
        if (renewBefore >= certificate.NotAfter - certificate.IssuedAt)
        {
            return window; // else it would always be due
        }

        var bound = certificate.NotAfter - renewBefore;
        return bound < window ? bound : window;
    }

    /// <summary>Whether the service already requests its replacement.</summary>
    public static bool IsCalledBack(RenewalAdvice advice, double unit, DateTimeOffset now) =>
        advice.IsRevoked || (advice.SuggestedWindow is { } window && RenewalPlan.Within(window, unit) <= now);
}

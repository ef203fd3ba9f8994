namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>
/// How often rotation checks what is due: once a minute, negligible for authorities that live for days. Where leaves
/// live for seconds their authorities may live for minutes, and the check runs once in a leaf's lifetime.
/// </summary>
internal static class RotationPace
{
    private static readonly TimeSpan Slowest = TimeSpan.FromMinutes(1);

    public static TimeSpan Of(CertificateOptions options) =>
        options.ServerLife < Slowest ? options.ServerLife : Slowest;
}

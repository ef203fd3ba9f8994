namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>
/// How often rotation looks for what is due: once a minute, which is nothing to authorities that live for days. Where
/// leaves live for seconds their authorities may live for minutes, and it looks once in a leaf's life.
/// </summary>
internal static class RotationPace
{
    private static readonly TimeSpan Slowest = TimeSpan.FromMinutes(1);

    public static TimeSpan Of(CertificateOptions options) =>
        options.ServerLife < Slowest ? options.ServerLife : Slowest;
}

namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>Rotation checks once a minute, or once in a leaf's lifetime where leaves live for seconds.</summary>
internal static class RotationPace
{
    private static readonly TimeSpan Slowest = TimeSpan.FromMinutes(1);

    public static TimeSpan GetInterval(CertificateOptions options) =>
        options.ServerLife < Slowest ? options.ServerLife : Slowest;
}

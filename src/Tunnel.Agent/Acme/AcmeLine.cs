using Culvert.Platform.Certificates;

namespace Culvert.Tunnel.Agent.Acme;

internal static class AcmeLine
{
    /// <returns>The line, and whether a valid certificate is stored.</returns>
    public static (string Line, bool IsServed) Format(string name, StoredName? stored, DateTimeOffset now)
    {
        var failure = stored?.LastFailure is { } last
            ? $"; last failure {last.Code} at {last.At:u}: {last.Detail}"
            : "";
        if (!CertificatePem.TryRead(stored?.CertificatesPem, out var certificates))
        {
            return ($"{name}: no certificate yet{failure}", false);
        }

        var end = new DateTimeOffset(certificates[0].NotAfter.ToUniversalTime());
        var line = $"{name}: {CertificateNames.Serial(certificates[0])} until {end:u}, renewed at {stored!.RenewAt:u}";
        return (line + failure, end >= now);
    }
}

namespace Culvert.Platform.Tls;

public static class TlsAlerts
{
    private const byte Fatal = 2;

    /// <summary>alert (21), TLS 1.2 as all clients accept (RFC 8446 §5.1), length 2, level, description.</summary>
    public static byte[] Record(TlsAlert alert) => [21, 3, 3, 0, 2, Fatal, (byte)alert];
}

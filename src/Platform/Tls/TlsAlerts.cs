namespace Culvert.Platform.Tls;

/// <summary>Encodes an alert record.</summary>
public static class TlsAlerts
{
    private const byte Fatal = 2;

    /// <summary>alert (21), TLS 1.2 as every client's record layer takes (RFC 8446 §5.1), length 2, level, description.</summary>
    public static byte[] Record(TlsAlert alert) => [21, 3, 3, 0, 2, Fatal, (byte)alert];
}

namespace Culvert.Tunnel.Edge.Ingress;

/// <summary>Fatal alerts that an edge sends before any handshake (RFC 8446 §6, RFC 6066 §9, RFC 7301 §3.2).</summary>
internal enum TlsAlert : byte
{
    RecordOverflow = 22,
    DecodeError = 50,
    InternalError = 80,
    UnrecognizedName = 112,
    NoApplicationProtocol = 120,
}

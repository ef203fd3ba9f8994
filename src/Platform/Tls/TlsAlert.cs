namespace Culvert.Platform.Tls;

/// <summary>Fatal alerts that are sent before any handshake (RFC 8446 §6, RFC 6066 §9, RFC 7301 §3.2).</summary>
public enum TlsAlert : byte
{
    RecordOverflow = 22,

    /// <summary>The bytes are not those of a ClientHello.</summary>
    DecodeError = 50,

    /// <summary>The server cannot serve now, whatever the client sends.</summary>
    InternalError = 80,

    /// <summary>No server has the name.</summary>
    UnrecognizedName = 112,

    /// <summary>The server has none of the client's protocols.</summary>
    NoApplicationProtocol = 120,
}

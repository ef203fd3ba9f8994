using Culvert.Tunnel.Protocol.Errors;

namespace Culvert.Tunnel.Protocol.Frames;

/// <summary>
/// First byte of a frame. An unknown type with the high bit is skipped; any other unknown type is a
/// <see cref="ConnectionErrorCode.Protocol"/> error.
/// </summary>
internal enum FrameType : byte
{
    Hello = 0x01,
    Open = 0x02,
    Data = 0x03,
    Window = 0x04,
    Fin = 0x05,
    Rst = 0x06,
    Ping = 0x07,
    Pong = 0x08,
    GoAway = 0x09,
}
